import Presenters
import StepUp
import SwiftUI

/// The signed-in user.
struct HomeView: View {
    let sample: Sample
    let app: AppModel
    @Bindable private var presenter: HomePresenter

    init(sample: Sample, app: AppModel) {
        (self.sample, self.app) = (sample, app)
        presenter = app.home
    }

    var body: some View {
        List {
            NoticeSection(notice: presenter.activity.notice)
            session
            if !presenter.duties.isEmpty { DutiesSection(app: app, presenter: presenter) }
            actions
            CredentialsSection(presenter: presenter, hasWallet: sample.allowsLoopback)
            security
            Section {
                Button("home.sign_out", role: .destructive) { Task { await presenter.signOut() } }
            }
        }
        .disabled(presenter.activity.isRunning)
        .refreshable { await presenter.refresh() }
        .navigationTitle("home.title")
        .confirmationDialog(
            "home.offer", isPresented: $presenter.isAsking, titleVisibility: .visible,
            presenting: presenter.offer
        ) { offer in
            Button("home.accept") { Task { await presenter.accept(offer) } }
        } message: { offer in
            switch offer {
            case .merge: Text("home.merge_explained")
            case .transfer: Text("home.transfer_explained")
            }
        }
    }

    private var session: some View {
        Section("home.session") {
            LabeledContent("home.user") { Text(verbatim: presenter.userName ?? "") }
            if let end = presenter.expiresAt {
                LabeledContent("home.expires") { Text(end, style: .time) }
            }
        }
    }

    private var actions: some View {
        Section("home.actions") {
            Button("home.export_key") { Task { await presenter.exportKey() } }
            if sample.allowsLoopback {
                Button("home.export_by_backend") { Task { await presenter.exportKeyByBackend() } }
            }
            ForEach(presenter.elevations, id: \.scopes) { elevation in
                Text("home.open_until \(elevation.expiresAt.formatted(date: .omitted, time: .shortened))")
                    .font(.footnote)
            }
        }
    }

    private var security: some View {
        Section("home.security") {
            NavigationLink("totp.title") { TotpView(app.services) }
            NavigationLink("passkeys.title") { PasskeysView(app.services) }
            NavigationLink("recovery.title") { RecoveryCodesView(app.services) }
            NavigationLink("devices.title") { TrustedDevicesView(app.services) }
            NavigationLink("settings.title") { SettingsView(sample) }
            NavigationLink("log.title") { LogView(presenter: app.log) }
        }
    }
}

/// What is still to be done, what it blocks, and how it is done.
private struct DutiesSection: View {
    let app: AppModel
    let presenter: HomePresenter

    var body: some View {
        Section("home.duties") {
            ForEach(presenter.duties) { duty in
                VStack(alignment: .leading) {
                    Text(duty.title)
                    Text(duty.blocks).font(.footnote).foregroundStyle(.secondary)
                }
                .accessibilityElement(children: .combine)
                switch duty.duty {
                case .registerDevice: EmptyView()
                case .completeMfa:
                    Button("home.prove_factor") { Task { await presenter.proveSecondFactor() } }
                case .acknowledgeRecoveryCodes:
                    NavigationLink("recovery.title") { RecoveryCodesView(app.services) }
                case .completeProfile:
                    Text(verbatim: presenter.missingFields.formatted()).font(.footnote)
                }
            }
        }
    }
}

/// The ways to sign in: adding and removing them.
private struct CredentialsSection: View {
    @Bindable var presenter: HomePresenter
    let hasWallet: Bool

    var body: some View {
        Section("home.credentials") {
            ForEach(presenter.credentials) { credential in
                LabeledContent {
                    Text(verbatim: credential.label ?? "")
                } label: {
                    Text(credential.kind)
                }
                .swipeActions {
                    Button("action.remove", role: .destructive) {
                        Task { await presenter.unlink(credential) }
                    }
                }
            }
            Button("home.link_google") { Task { await presenter.link(.google) } }
            if hasWallet {
                Button("home.link_wallet") { Task { await presenter.linkWallet() } }
            }
            if let linking = presenter.linking {
                Text("code.sent_to \(linking.maskedDestination)").font(.footnote)
                CodeEntry(code: $presenter.code, paste: presenter.paste) {
                    Task { await presenter.confirmPhone() }
                }
                ResendButton(secondsLeft: { presenter.secondsLeft(at: $0) }) {
                    Task { await presenter.resendPhoneCode() }
                }
                Button("action.back", action: presenter.abandonPhone)
            } else {
                PhoneFields(countryCode: $presenter.countryCode, number: $presenter.number)
                Button("home.link_phone") { Task { await presenter.linkPhone() } }
                    .disabled(presenter.number.isEmpty)
            }
        }
    }
}
