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
    /// The code of a second factor, or the one that was sent to the number.
    public var code = ""
    /// The code on its way to the number that is being linked.
    public private(set) var linking: OtpVerification?
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

    /// Exports the key: only a user who has just proven who they are gets it.
    public func exportKey() async {
        var isAccepted = false
        let isDone = await activity.run {
            isAccepted = try await services.backend.exportKey(present: services.sheets.present)
        }
        if isDone { activity.tell(isAccepted ? .exported : .exportRefused) }
    }

    /// Adds a social account.
    public func link(_ provider: SocialProvider) async {
        await link {
            try await $0.withStepUp(TokenScope.credentialLink) { [client = $0.client] in
                try await client.auth.linkSocial(provider: provider)
            }
        }
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

    /// Ends the adding of the number.
    public func confirmPhone() async {
        let (code, id) = (code, linking?.id)
        let isDone = await link {
            try await $0.withStepUp(TokenScope.credentialLink) { [client = $0.client] in
                try await client.auth.confirmLink(code: code, verificationId: id)
            }
        }
        self.code = ""
        if isDone { (linking, number) = (nil, "") }
    }

    /// Removes a way to sign in.
    public func unlink(_ credential: Credential) async {
        await activity.run {
            _ = try await services.withStepUp(TokenScope.credentialUnlink) { [client] in
                try await client.auth.unlinkCredential(credentialId: credential.id)
            }
        }
    }

    /// Completes a sign-in that waits for a second factor: with the code of an authenticator app, else with a
    /// recovery code.
    public func completeMfa() async {
        let isTotp = code.count == 6 && code.allSatisfy(\.isNumber)
        await activity.run {
            if isTotp {
                _ = try await client.auth.completeMfaTotp(code: code)
            } else {
                _ = try await client.auth.completeMfaRecovery(code: code)
            }
        }
        code = ""
    }

    /// Completes a sign-in that waits for a second factor with a passkey.
    public func completeMfaWithPasskey() async {
        await activity.run { _ = try await client.auth.completeMfaPasskey() }
    }

    /// Signs out on this device.
    public func signOut() async {
        await activity.run {
            try await services.signOut.during { try await client.auth.logout() }
        }
    }

    @discardableResult
    private func link(_ call: @MainActor (Services) async throws -> LinkOutcome) async -> Bool {
        var outcome: LinkOutcome?
        let isDone = await activity.run { outcome = try await call(services) }
        switch outcome {
        case .done: activity.tell(.linked)
        // Whether to make one account of two is a question of its own, which this sample does not ask.
        case .mergeRequired, .transferRequired: activity.tell(.mergeNeeded)
        case nil: break
        }
        return isDone
    }
}
