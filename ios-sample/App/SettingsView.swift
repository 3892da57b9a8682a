import Presenters
import SwiftUI

/// Which environment and which server the app works with.
struct SettingsView: View {
    let sample: Sample
    @State private var presenter: SettingsPresenter

    init(_ sample: Sample) {
        self.sample = sample
        _presenter = State(initialValue: SettingsPresenter(sample))
    }

    var body: some View {
        Form {
            NoticeSection(notice: presenter.activity.notice)
            Section {
                field("settings.environment", $presenter.environmentId)
                field("settings.base_url", $presenter.baseUrl)
                    .keyboardType(.URL)
                Button("action.save") { Task { await presenter.save() } }
            } footer: {
                if sample.allowsLoopback { Text("settings.sandbox") }
            }
        }
        .navigationTitle("settings.title")
    }

    private func field(_ title: LocalizedStringKey, _ text: Binding<String>) -> some View {
        TextField(title, text: text, axis: .vertical)
            .textInputAutocapitalization(.never)
            .autocorrectionDisabled()
    }
}
