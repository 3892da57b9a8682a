import Observation
import StepUp

/// The user's authenticator app: adding one, removing it.
@MainActor @Observable
public final class TotpPresenter {
    /// The first code of the app.
    public var code = ""
    /// What to scan or type into the app; none unless one is being added.
    public private(set) var enrollment: TotpEnrollment?
    /// The app that is there; none if there is none, or before `load`.
    public private(set) var factor: MfaFactor?
    /// What is under way, and what went wrong.
    public let activity = Activity()

    private let services: Services
    private var client: StepUpClient { services.client }

    /// Shows nothing before `load`.
    public init(_ services: Services) {
        self.services = services
    }

    /// Looks whether there is one.
    public func load() async {
        await activity.run { try await reload() }
    }

    /// Begins to add one.
    public func enroll() async {
        await activity.run {
            enrollment = try await services.withStepUp(TokenScope.credentialLink) { [client] in
                try await client.mfa.enrollTotp()
            }
        }
    }

    /// The user pastes: the code alone, whatever else was copied with it.
    public func paste(_ text: String?) {
        code = text?.code(isNumeric: true) ?? code
    }

    /// Ends the adding with the app's first code. A wrong one is typed anew.
    public func confirm() async {
        let isDone = await activity.run {
            _ = try await client.mfa.confirmTotp(code: code)
            enrollment = nil
            try await reload()
        }
        code = ""
        if isDone { activity.tell(.enrolled) }
    }

    /// The user does not want to add one now.
    public func cancel() {
        (enrollment, code) = (nil, "")
    }

    /// Removes it.
    public func remove() async {
        guard let id = factor?.id else { return }
        await activity.run {
            try await services.withStepUp(TokenScope.credentialUnlink) { [client] in
                try await client.mfa.delete(id: id)
            }
            try await reload()
        }
    }

    private func reload() async throws {
        let factors = try await client.mfa.methods().filter { $0.kind == .totp }.flatMap(\.factors)
        factor = factors.first(where: \.isVerified)
    }
}
