import Observation
import StepUp

/// This device has to be confirmed by the link in an e-mail.
@MainActor @Observable
public final class DeviceConfirmationPresenter {
    /// What is under way, and what went wrong.
    public let activity = Activity()

    private let services: Services
    private let model: SessionModel
    private var client: StepUpClient { services.client }

    init(_ services: Services, session: SessionModel) {
        (self.services, model) = (services, session)
    }

    /// Whether it has to be.
    public var isRequired: Bool { model.session?.duties.contains(.registerDevice) == true }

    /// Where the link was sent, masked; none if the user has no address, and has to be helped otherwise.
    public var destination: String? {
        if case .awaitingLink(let email) = model.deviceRegistration { email } else { nil }
    }

    /// Whether a URL that the app was opened with is such a link.
    func isLink(_ url: String) -> Bool {
        client.deviceRegistration.isRegistrationLink(url: url)
    }

    /// The app was opened with the link.
    func complete(_ link: String) async throws -> TextKey {
        _ = try await client.deviceRegistration.complete(link: link)
        return .deviceConfirmed
    }

    /// Back to signing in, which sends another link.
    public func startOver() async {
        await activity.run {
            try await services.signOut.during { try await client.auth.logout() }
        }
    }
}
