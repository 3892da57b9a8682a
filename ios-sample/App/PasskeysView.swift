import Presenters
import StepUp
import SwiftUI

/// The user's passkeys.
struct PasskeysView: View {
    @State private var presenter: PasskeysPresenter
    @State private var renamed: Passkey?
    @State private var isRenaming = false
    @State private var name = ""

    init(_ services: Services) {
        _presenter = State(initialValue: PasskeysPresenter(services))
    }

    var body: some View {
        List {
            NoticeSection(notice: presenter.activity.notice)
            Section {
                ForEach(presenter.passkeys, id: \.id) { row($0) }
                Button("passkeys.add") { Task { await presenter.register() } }
            }
        }
        .disabled(presenter.activity.isRunning)
        .navigationTitle("passkeys.title")
        .task { await presenter.load() }
        .alert("passkeys.rename", isPresented: $isRenaming, presenting: renamed) { passkey in
            TextField("passkeys.name", text: $name)
            Button("action.save") { Task { await presenter.rename(passkey, to: name) } }
            Button("action.cancel", role: .cancel) {}
        }
    }

    private func row(_ passkey: Passkey) -> some View {
        VStack(alignment: .leading) {
            if let alias = passkey.alias {
                Text(verbatim: alias)
            } else {
                Text("method.passkey")
            }
            if let date = passkey.createdAt {
                Text(date, style: .date).font(.footnote).foregroundStyle(.secondary)
            }
        }
        .accessibilityElement(children: .combine)
        .swipeActions {
            Button("action.remove", role: .destructive) { Task { await presenter.delete(passkey) } }
            Button("action.rename") {
                (name, renamed, isRenaming) = (passkey.alias ?? "", passkey, true)
            }
        }
    }
}
