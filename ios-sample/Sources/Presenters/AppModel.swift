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
    /// What became of the URL that the app was opened with, or of what an earlier process has left, that this
    /// cannot be read yet, or that the end of a session could not be written down: shown above every screen.
    public let opened = Activity()

    private let client: StepUpClient
    private let session: SessionModel
    private var isRestored = false
    private var isRestoring = false
    private var isRestoreWanted = false
    /// Who was signed in when `run` looked last.
    private(set) var userId: String?

    init(client: StepUpClient, backend: AppBackend, log: MemoryLog) {
        self.client = client
        session = SessionModel(client)
        sheets = StepUpSheets(backend: backend, session: session)
        let signOut = OwnSignOut(client, failures: opened)
        services = Services(client: client, backend: backend, sheets: sheets, signOut: signOut)
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
        // A new window shows no sheet so far.
        sheets.dismissed()
        async let begun: Void = begin()
        await watchSession()
        await begun
    }

    private func begin() async {
        guard await restore() else { return }
        if (try? await client.auth.session()) == nil {
            await signIn.resume()
        } else {
            await home.resume()
            await resume()
        }
    }

    /// Reads the storage. Answers whether it was now that this was done: of several who want it one does it,
    /// and once more if it fails while another comes.
    private func restore() async -> Bool {
        isRestoreWanted = true
        guard !isRestored, !isRestoring else { return false }
        isRestoring = true
        defer { isRestoring = false }
        while isRestoreWanted, !isRestored {
            isRestoreWanted = false
            await readStorage()
        }
        return isRestored
    }

    private func readStorage() async {
        do {
            try await client.restore()
            if opened.notice?.text == .storage { opened.tell(nil) }
            isRestored = true
        } catch StepUpError.StorageFailed(let reason) where reason == .corrupt || reason == .newerVersion {
            // It stays so: the user can only sign in, or choose another server.
            signIn.activity.tell(.storage)
            isRestored = true
        } catch {
            opened.tell(Notice(error))
        }
    }

    /// The system has ended the app while a step-up awaited a code, or had the browser open.
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
        for await session in sessions {
            if let userId, session?.user.id != userId {
                if session == nil, !services.signOut.take() { signIn.activity.tell(.sessionEnded) }
                signIn.forgetUser()
                home.forgetUser()
            }
            if userId == nil { home.activity.tell(nil) }
            userId = session?.user.id
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

    /// What could not be read before may be readable now: a phone that was locked is not any more.
    func setForeground(_ isForeground: Bool) {
        client.setForeground(isForeground)
        if isForeground, !isRestored { Task { await begin() } }
    }

    func close() {
        client.shutdown()
    }
}
