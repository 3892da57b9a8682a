/// Who is signed in, for screens: which ones to show at all, and what they say of the user.
///
/// Before `StepUpClient.restore` nobody is.
@MainActor
public final class SessionModel: ScreenModel {
    private var latestSession: Session?
    private var hasSession = false
    private var latestRegistration: DeviceRegistrationStatus

    /// Follows a client.
    public init(_ client: StepUpClient) {
        latestRegistration = client.deviceRegistration.status()
        super.init()
        follow(try? client.auth.sessions()) { [weak self] in
            self?.latestSession = $0
            self?.hasSession = true
        }
        follow(try? client.deviceRegistration.statuses()) { [weak self] in self?.latestRegistration = $0 }
    }

    /// Shows this for good.
    package init(session: Session?, isKnown: Bool, deviceRegistration: DeviceRegistrationStatus) {
        (latestSession, hasSession, latestRegistration) = (session, isKnown, deviceRegistration)
    }

    /// The session, with its user and duties; none if nobody is signed in, **and none at first** even if
    /// somebody is: the client tells it a moment after this model was made.
    public var session: Session? { shown(latestSession) }

    /// Whether the client has told `session`. Until then a screen for signing in would be shown to people who
    /// are signed in.
    public var isKnown: Bool { shown(hasSession) }

    /// Whether this device has to be registered first.
    public var deviceRegistration: DeviceRegistrationStatus { shown(latestRegistration) }
}
