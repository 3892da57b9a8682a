import Presenters
import SwiftUI

/// This device has to be confirmed by the link in an e-mail.
struct ConfirmDeviceView: View {
    let app: AppModel

    private var presenter: DeviceConfirmationPresenter { app.deviceConfirmation }

    var body: some View {
        Form {
            NoticeSection(notice: presenter.activity.notice)
            Section {
                if let destination = presenter.destination {
                    Text("confirm_device.mail_sent \(destination)")
                } else {
                    Text("confirm_device.no_address")
                }
                #if DEBUG
                    // No mail program of a simulator opens the sandbox's links in this app.
                    PasteButton(payloadType: String.self) { @Sendable texts in
                        Task { @MainActor in await app.open(texts.first ?? "") }
                    }
                #endif
            }
            Section {
                Button("confirm_device.start_over") { Task { await presenter.startOver() } }
            }
        }
        .disabled(presenter.activity.isRunning)
        .navigationTitle("confirm_device.title")
    }
}
