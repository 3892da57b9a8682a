import Foundation
import Observation
import StepUp

/// The signed-in user: the session, what is still to be done, and what needs a step-up.
@MainActor @Observable
public final class HomePresenter {
    /// The number to link.
    public var number = ""
    /// Country calling code of it.
    public var countryCode = ""
    /// The code that was sent to the number.
    public var code = ""
    /// The code on its way to the number that is being linked.
    public private(set) var linking: OtpVerification?
    /// What linking has led to, which the user has to decide; none if nothing.
    public private(set) var offer: Offer?
    /// What is under way, and what became of the last action.
    public let activity = Activity()

    private let services: Services
    private let model: SessionModel
    private let proven: StepUpModel
    private var client: StepUpClient { services.client }

    init(_ services: Services, session: SessionModel) {
        (self.services, model) = (services, session)
        proven = StepUpModel(services.client)
    }

    /// The user's address or number, or whatever the app calls them by.
    public var userName: String? {
        let user = model.session?.user
        return user?.email ?? user?.phoneNumber ?? user?.username ?? user?.id
    }

    /// When the session ends unless it is renewed.
    public var expiresAt: Date? { model.session?.expiresAt }

    /// What is still to be done, in the order in which to do it.
    public var duties: [Duty] { (model.session?.duties ?? []).map(Duty.init) }

    /// Fields of the profile that the environment asks for.
    public var missingFields: [String] { model.session?.user.missingFields ?? [] }

    /// The ways to sign in.
    public var credentials: [Credential] {
        (model.session?.user.verifiedCredentials ?? []).map(Credential.init)
    }

    /// What is open to the user at present, and until when.
    public var elevations: [Elevation] { proven.elevations }

    /// Whether the user is asked to decide. Set to false, everything stays as it is.
    public var isAsking: Bool {
        get { offer != nil }
        set { if !newValue { offer = nil } }
    }

    // MARK: What needs a step-up

    /// Exports the key: only a user who has just proven who they are gets it.
    public func exportKey() async {
        await export {}
    }

    /// The same, but the app's backend says that it is the user: nobody else is asked.
    public func exportKeyByBackend() async {
        await export {
            let byBackend = StepUpFilter.methods(methods: [.externalJwt])
            let flow = try client.stepUp.start(scopes: [TokenScope.walletExport], filter: byBackend)
            try await services.sheets.prove(flow)
        }
    }

    /// Adds a social account.
    public func link(_ provider: SocialProvider) async {
        await linking { client in try await client.auth.linkSocial(provider: provider) }
    }

    /// Adds the user's wallet.
    public func linkWallet() async {
        await linking { client in try await client.auth.linkWallet() }
    }

    /// Begins to add the number: a code is sent there.
    public func linkPhone() async {
        let phone = PhoneNumber(countryCode: countryCode, number: number)
        await activity.run {
            let outcome = try await services.withStepUp(TokenScope.credentialLink) { [client] in
                try await client.auth.linkPhone(phone: phone)
            }
            if case .codeSent(let verification) = outcome { linking = verification }
        }
    }

    /// The system may have ended the app while the code for the number was awaited: then it still is.
    func resume() async {
        if linking == nil, let awaited = try? await client.auth.pendingLinkOtp() { linking = awaited }
    }

    /// What one user has begun is not for the next.
    func forgetUser() {
        (linking, offer) = (nil, nil)
        (countryCode, number, code) = ("", "", "")
        activity.tell(nil)
    }

    /// Ends the adding of the number.
    public func confirmPhone() async {
        let (code, id) = (code, linking?.id)
        let isDone = await linking { client in
            try await client.auth.confirmLink(code: code, verificationId: id)
        }
        self.code = ""
        if isDone { (linking, number) = (nil, "") }
    }

    /// The user pastes: the code of a message, also if the rest of it was copied too.
    public func paste(_ text: String?) {
        code = text?.code(isNumeric: true) ?? code
    }

    /// What is left until another code may be asked for: draw it again each second.
    public func secondsLeft(at now: Date) -> Int {
        seconds(from: now, until: linking?.resendAt)
    }

    /// Sends another code, from the moment on at which that is offered.
    public func resendPhoneCode(at now: Date = .now) async {
        guard let id = linking?.id, secondsLeft(at: now) == 0 else { return }
        await activity.run { linking = try await client.auth.resendLinkOtp(verificationId: id) }
    }

    /// The user wants another number, or none.
    public func abandonPhone() {
        (linking, code) = (nil, "")
    }

    /// Removes a way to sign in.
    public func unlink(_ credential: Credential) async {
        await activity.run {
            _ = try await services.withStepUp(TokenScope.credentialUnlink) { [client] in
                try await client.auth.unlinkCredential(credentialId: credential.id)
            }
        }
    }

    /// The user takes what linking has led to. Where two accounts differ, what is here stays.
    public func accept(_ offer: Offer) async {
        self.offer = nil
        await linking { client in
            switch offer {
            case .merge(let conflicts):
                try await client.auth.confirmMerge(resolutions: conflicts.keepingWhatIsHere)
            case .transfer: try await client.auth.confirmTransfer()
            }
        }
    }

    // MARK: The session

    /// Shows the second factor that each sign-in wants here.
    public func proveSecondFactor() async {
        await activity.run {
            // A proof for whatever scope is one for the session.
            let flow = try client.stepUp.start(scopes: [TokenScope.credentialLink], filter: .mfaOnly)
            try await services.sheets.prove(flow)
        }
    }

    /// Asks the server whether the session still holds.
    public func refresh() async {
        await activity.run { _ = try await client.auth.refresh() }
    }

    /// Signs out on this device.
    public func signOut() async {
        await activity.run {
            try await services.signOut.during { try await client.auth.logout() }
        }
    }

    /// What linking has led to: what to tell, or what to ask.
    func settle(_ outcome: LinkOutcome) -> TextKey? {
        offer = Offer(outcome)
        return offer == nil ? .linked : nil
    }

    private func export(_ prove: @MainActor () async throws -> Void) async {
        var status = 0
        let isDone = await activity.run {
            try await prove()
            status = try await services.backend.exportKey(present: services.sheets.present)
            // The backend knows that the session has ended; the client learns it when it asks.
            if status == 401 { _ = try await client.auth.refresh() }
        }
        if isDone { activity.tell(status == 200 ? .exported : .exportRefused) }
    }

    @discardableResult
    private func linking(_ call: @Sendable (StepUpClient) async throws -> LinkOutcome) async -> Bool {
        var told: TextKey?
        let isDone = await activity.run {
            told = settle(
                try await services.withStepUp(TokenScope.credentialLink) { [client] in try await call(client)
                })
        }
        if let told { activity.tell(told) }
        return isDone
    }
}
