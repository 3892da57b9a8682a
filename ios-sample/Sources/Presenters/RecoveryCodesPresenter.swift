import Observation
import StepUp

/// The recovery codes: shown until the user says that they are kept, and never again.
@MainActor @Observable
public final class RecoveryCodesPresenter {
    /// Whether the user says that they are kept.
    public var isSaved = false
    /// Whether the codes were shown once and are not to be seen any more: new ones can be made.
    public private(set) var areAcknowledged = false
    /// What is under way, and what went wrong.
    public let activity = Activity()

    private var codes: [Secret] = []
    private let services: Services
    private var client: StepUpClient { services.client }

    /// Shows nothing before `load`.
    public init(_ services: Services) {
        self.services = services
    }

    /// What to show, where nobody else sees it; nothing before `load`.
    public var shown: [String] { codes.map { $0.expose() } }

    /// Asks for the codes; the first time, the server makes them.
    public func load() async {
        await activity.run {
            do {
                codes = try await client.mfa.recoveryCodes()
            } catch StepUpError.MethodUnavailable(.alreadyAcknowledged, _) {
                areAcknowledged = true
            }
        }
    }

    /// Makes new ones. The old ones are worthless from then on.
    public func regenerate() async {
        await activity.run {
            codes = try await client.mfa.regenerateRecoveryCodes()
            (areAcknowledged, isSaved) = (false, false)
        }
    }

    /// Tells the server that the user has them, if the user has said so.
    public func acknowledge() async {
        guard isSaved else { return }
        await activity.run {
            _ = try await client.mfa.acknowledgeRecoveryCodes()
            (codes, areAcknowledged, isSaved) = ([], true, false)
        }
    }

    /// The screen is left: what is secret does not stay in memory.
    public func leave() {
        codes = []
    }
}
