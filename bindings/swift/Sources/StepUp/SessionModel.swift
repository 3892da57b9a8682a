/// Who is signed in, for screens: which ones to show at all, and what they say of the user.
///
/// Before `StepUpClient.restore` nobody is.
@MainActor
public final class SessionModel: ScreenModel {
    private var latestSession: Session?
    private var latestRegistration: DeviceRegistrationStatus

    /// - Throws: `ClientClosed`; `Internal` if the system refuses a thread.
    public init(_ client: StepUpClient) throws {
        latestRegistration = client.deviceRegistration.status()
        super.init()
        follow(try client.auth.sessions()) { [weak self] in self?.latestSession = $0 }
        follow(try client.deviceRegistration.statuses()) { [weak self] in self?.latestRegistration = $0 }
    }

    /// The session, with its user and duties; none if nobody is signed in.
    public var session: Session? { shown(latestSession) }

    /// Whether this device has to be registered first.
    public var deviceRegistration: DeviceRegistrationStatus { shown(latestRegistration) }
}
