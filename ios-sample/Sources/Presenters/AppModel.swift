import Observation
import StepUp

/// The app with one client: which screen is shown, and what opens it from outside.
@MainActor @Observable
public final class AppModel {
    /// A screen that fills the app.
    public enum Screen: Sendable {
        /// Until it is known who is signed in.
        case starting
        /// Nobody is.
        case signIn
        /// Somebody is, on a device that has to be confirmed.
        case confirmDevice
        /// Somebody is.
        case home
    }

    /// What every presenter works with.
    public let services: Services
    /// The sheet above the screens.
    public let sheets: StepUpSheets
    /// The screen for signing in.
    public let signIn: SignInPresenter
    /// The screen of the signed-in user.
    public let home: HomePresenter
    /// The screen for a device that has to be confirmed.
    public let deviceConfirmation: DeviceConfirmationPresenter
    /// The log's screen.
    public let log: LogPresenter

    private let client: StepUpClient
    private let session: SessionModel
    private var isRestored = false

    init(client: StepUpClient, backend: AppBackend, log: MemoryLog) {
        self.client = client
        session = SessionModel(client)
        sheets = StepUpSheets(backend: backend, session: session)
        services = Services(client: client, backend: backend, sheets: sheets, signOut: OwnSignOut())
        signIn = SignInPresenter(services)
        home = HomePresenter(services, session: session)
        deviceConfirmation = DeviceConfirmationPresenter(services, session: session)
        self.log = LogPresenter(log)
    }

    /// Which screen to show.
    public var screen: Screen {
        if !isRestored || !session.isKnown { return .starting }
        if session.session == nil { return .signIn }
        return deviceConfirmation.isRequired ? .confirmDevice : .home
    }

    /// Finds out who is signed in, goes on with what an earlier process has left, and notices when the session
    /// ends. Until the task is cancelled or the client is shut down.
    public func run() async {
        // A window more shows the same app.
        guard !isRestored else { return await watchSession() }
        do { try await client.restore() } catch { signIn.activity.tell(Notice(error)) }
        isRestored = true
        async let resumed: Void = resume()
        await watchSession()
        await resumed
    }

    /// The system has ended the app while a code was awaited, or the browser was open.
    private func resume() async {
        guard let flow = try? await client.stepUp.pendingFlow() else { return }
        await sheets.show(flow)
        if case .granted = flow.state() { home.activity.tell(.granted) }
    }

    private func watchSession() async {
        guard let sessions = try? client.auth.sessions() else { return }
        var wasSignedIn = false
        for await session in sessions {
            if wasSignedIn, session == nil, !services.signOut.isWanted {
                signIn.activity.tell(.sessionEnded)
            }
            wasSignedIn = session != nil
        }
    }

    /// The app was opened with a URL: every one comes here.
    public func open(_ url: String) async {
        if deviceConfirmation.isLink(url) { return await deviceConfirmation.open(url) }
        let activity = session.session == nil ? signIn.activity : home.activity
        var outcome = RedirectOutcome.notOurs
        await activity.run { outcome = try await client.auth.handleRedirect(url: url) }
        switch outcome {
        case .linked(.done): home.activity.tell(.linked)
        case .linked: home.activity.tell(.mergeNeeded)
        case .elevated: home.activity.tell(.granted)
        case .signedIn, .notOurs: break
        }
    }

    /// The app came to the foreground, or left it.
    public func setForeground(_ isForeground: Bool) {
        client.setForeground(isForeground)
    }

    func close() {
        client.shutdown()
    }
}
