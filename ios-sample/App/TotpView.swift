import Presenters
import StepUp
import SwiftUI

/// The authenticator app: adding one, removing it.
struct TotpView: View {
    @State private var presenter: TotpPresenter

    init(_ services: Services) {
        _presenter = State(initialValue: TotpPresenter(services))
    }

    var body: some View {
        Form {
            NoticeSection(notice: presenter.activity.notice)
            if let enrollment = presenter.enrollment {
                enroll(enrollment)
            } else if presenter.factor != nil {
                Label("totp.is_there", systemImage: "checkmark.circle")
                Button("action.remove", role: .destructive) { Task { await presenter.remove() } }
            } else {
                Button("totp.add") { Task { await presenter.enroll() } }
            }
        }
        .disabled(presenter.activity.isRunning)
        .navigationTitle("totp.title")
        .task { await presenter.load() }
    }

    private func enroll(_ enrollment: TotpEnrollment) -> some View {
        Section("totp.scan") {
            PrivateContent {
                QrCodeView(code: enrollment.qrCode)
                LabeledContent("totp.secret") {
                    Text(verbatim: enrollment.secret)
                        .font(.body.monospaced())
                        .textSelection(.enabled)
                }
            }
            CodeEntry(code: $presenter.code, paste: presenter.paste) {
                Task { await presenter.confirm() }
            }
            Button("action.cancel", role: .cancel, action: presenter.cancel)
        }
    }
}

/// A QR code, dark on light in dark mode too: most readers want it so.
struct QrCodeView: View {
    let code: QrCode
    /// Modules that have to stay light around it.
    private let quietZone = 4

    var body: some View {
        Canvas { context, size in
            let count = Int(code.size)
            let side = min(size.width, size.height) / CGFloat(count + 2 * quietZone)
            for (index, module) in code.modules.enumerated() where module == 1 {
                let x = CGFloat(index % count + quietZone) * side
                let y = CGFloat(index / count + quietZone) * side
                context.fill(Path(CGRect(x: x, y: y, width: side, height: side)), with: .color(.black))
            }
        }
        .background(Color.white)
        .aspectRatio(1, contentMode: .fit)
        .frame(maxWidth: 280)
        .accessibilityElement()
        .accessibilityLabel("totp.qr_code")
    }
}
