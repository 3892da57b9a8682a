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
    /// What became of the URL that the app was opened with, or of what an earlier process has left: shown
    /// above every screen.
    public let opened = Activity()

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

    /// Finds out who is signed in, goes on with what an earlier process has left, and notices when the
    /// session ends. Until the task is cancelled or the client is shut down.
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
        do {
            try await sheets.prove(flow)
            opened.tell(.granted)
        } catch {
            opened.tell(Notice(error))
        }
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
        var result: TextKey?
        let isDone = await opened.run {
            let isLink = deviceConfirmation.isLink(url)
            result = try await isLink ? deviceConfirmation.complete(url) : handleRedirect(url)
        }
        if isDone, let result { opened.tell(result) }
    }

    /// The user has read what became of it.
    public func dismissNotice() {
        opened.tell(nil)
    }

    private func handleRedirect(_ url: String) async throws -> TextKey? {
        switch try await client.auth.handleRedirect(url: url) {
        case .linked(let outcome): home.settle(outcome)
        case .elevated: .granted
        case .signedIn, .notOurs: nil
        }
    }

    func setForeground(_ isForeground: Bool) {
        client.setForeground(isForeground)
    }

    func close() {
        client.shutdown()
    }
}
