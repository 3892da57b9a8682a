import Presenters
import SwiftUI

/// The recovery codes, until the user has them.
struct RecoveryCodesView: View {
    @State private var presenter: RecoveryCodesPresenter

    init(_ services: Services) {
        _presenter = State(initialValue: RecoveryCodesPresenter(services))
    }

    var body: some View {
        Form {
            NoticeSection(notice: presenter.activity.notice)
            if presenter.areAcknowledged {
                Text("recovery.acknowledged")
                Button("recovery.regenerate") { Task { await presenter.regenerate() } }
            } else if !presenter.shown.isEmpty {
                codes
            }
        }
        .disabled(presenter.activity.isRunning)
        .navigationTitle("recovery.title")
        .task { await presenter.load() }
        .onDisappear(perform: presenter.leave)
    }

    private var codes: some View {
        Section("recovery.keep_them") {
            PrivateContent {
                ForEach(presenter.shown, id: \.self) { code in
                    Text(verbatim: code)
                        .font(.body.monospaced())
                        .textSelection(.enabled)
                }
            }
            // Shows nothing itself, and its sheet stays when something else lies above the app.
            ShareLink("recovery.save", item: presenter.shown.joined(separator: "\n"))
            Toggle("recovery.saved", isOn: $presenter.isSaved)
            Button("recovery.acknowledge") { Task { await presenter.acknowledge() } }
                .disabled(!presenter.isSaved)
        }
    }
}
