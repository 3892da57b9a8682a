import Presenters
import SwiftUI

/// The recovery codes. They are not shown in the app switcher, and not while the screen is recorded or mirrored.
struct RecoveryCodesView: View {
    @State private var presenter: RecoveryCodesPresenter
    @Environment(\.scenePhase) private var scenePhase
    @Environment(\.isSceneCaptured) private var isSceneCaptured

    init(_ services: Services) {
        _presenter = State(initialValue: RecoveryCodesPresenter(services))
    }

    var body: some View {
        Form {
            Section { NoticeView(notice: presenter.activity.notice) }
            if presenter.areAcknowledged {
                Text("recovery.acknowledged")
                Button("recovery.regenerate") { Task { await presenter.regenerate() } }
            } else if presenter.isLoaded {
                codes
            }
        }
        .disabled(presenter.activity.isRunning)
        .navigationTitle("recovery.title")
        .task { await presenter.load() }
        .onChange(of: isWatched, initial: true) { _, isWatched in presenter.isObserved = isWatched }
        .onDisappear(perform: presenter.leave)
    }

    private var isWatched: Bool { isSceneCaptured || scenePhase != .active }

    private var codes: some View {
        Section("recovery.keep_them") {
            if presenter.isObserved {
                Label("recovery.hidden", systemImage: "eye.slash")
            }
            ForEach(presenter.shown, id: \.self) { code in
                Text(verbatim: code)
                    .font(.body.monospaced())
                    .textSelection(.enabled)
                    .privacySensitive()
            }
            Toggle("recovery.saved", isOn: $presenter.isSaved)
            Button("recovery.acknowledge") { Task { await presenter.acknowledge() } }
                .disabled(!presenter.isSaved)
        }
    }
}
