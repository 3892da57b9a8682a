import Presenters
import SwiftUI

/// The ways to sign in, or the field for the code that was sent.
struct SignInView: View {
    let sample: Sample
    @Bindable var presenter: SignInPresenter

    var body: some View {
        Form {
            NoticeSection(notice: presenter.activity.notice)
            if let sent = presenter.sent {
                code(destination: sent.maskedDestination)
            } else {
                email
                phone
                others
            }
        }
        .disabled(presenter.activity.isRunning)
        .navigationTitle("sign_in.title")
        .toolbar {
            NavigationLink {
                SettingsView(sample)
            } label: {
                Label("settings.title", systemImage: "gearshape")
            }
        }
    }

    private var email: some View {
        Section("sign_in.by_email") {
            TextField("sign_in.email", text: $presenter.email)
                .textContentType(.emailAddress)
                .keyboardType(.emailAddress)
                .textInputAutocapitalization(.never)
                .autocorrectionDisabled()
            Button("sign_in.send_code") { Task { await presenter.sendEmailCode() } }
                .disabled(presenter.email.isEmpty)
        }
    }

    private var phone: some View {
        Section("sign_in.by_sms") {
            PhoneFields(countryCode: $presenter.countryCode, number: $presenter.number)
            Button("sign_in.send_sms") { Task { await presenter.sendSmsCode() } }
                .disabled(presenter.number.isEmpty)
        }
    }

    private var others: some View {
        Section("sign_in.otherwise") {
            Button("sign_in.by_passkey") { Task { await presenter.signInWithPasskey() } }
            Button("sign_in.by_google") { Task { await presenter.signIn(with: .google) } }
            if sample.allowsLoopback {
                Button("sign_in.by_backend") { Task { await presenter.signInWithExternalJwt() } }
            }
        }
    }

    private func code(destination: String) -> some View {
        Section("code.sent_to \(destination)") {
            CodeEntry(code: $presenter.code, paste: presenter.paste) {
                Task { await presenter.submit() }
            }
            ResendButton(secondsLeft: { presenter.secondsLeft(at: $0) }) { Task { await presenter.resend() } }
            Button("action.back", action: presenter.back)
        }
    }
}

/// Country code and number.
struct PhoneFields: View {
    @Binding var countryCode: String
    @Binding var number: String

    var body: some View {
        TextField("phone.country_code", text: $countryCode)
            .keyboardType(.phonePad)
        TextField("phone.number", text: $number)
            .textContentType(.telephoneNumber)
            .keyboardType(.phonePad)
    }
}
