import Observation
import StepUp

/// The whole app: its settings, and the app with the client that they make.
@MainActor @Observable
public final class Sample {
    /// Makes the client: with the system's adapters in the app, with played ones in tests.
    public typealias MakeClient = @MainActor (SampleSettings, MemoryLog) throws -> StepUpClient

    /// The app with its client; none until the settings make one.
    public private(set) var app: AppModel?
    /// What the client is made from.
    public private(set) var settings: SampleSettings
    /// Whether the server may be one on this machine, over `http`: for trials, never in a release.
    public let allowsLoopback: Bool

    private var isForeground = false
    private let store: @MainActor (SampleSettings) -> Void
    private let makeClient: MakeClient

    /// - Parameters:
    ///   - settings: As they were stored last.
    ///   - allowsLoopback: Whether this is a build for trials.
    ///   - store: Keeps settings that serve.
    ///   - makeClient: Makes the client.
    public init(
        _ settings: SampleSettings, allowsLoopback: Bool,
        store: @escaping @MainActor (SampleSettings) -> Void, makeClient: @escaping MakeClient
    ) {
        (self.settings, self.allowsLoopback) = (settings, allowsLoopback)
        (self.store, self.makeClient) = (store, makeClient)
        try? apply(settings)
    }

    /// The app came to the foreground, or left it: any window of it.
    public func setForeground(_ isForeground: Bool) {
        self.isForeground = isForeground
        app?.setForeground(isForeground)
    }

    /// Goes on with a client of these settings. The one before is shut down, its session stays stored.
    ///
    /// - Throws: What `StepUpClient.init` throws; there is no client then.
    func apply(_ settings: SampleSettings) throws {
        guard settings.problem(allowsLoopback: allowsLoopback) == nil, let url = settings.backendUrl else {
            throw StepUpError.InvalidConfiguration(field: "settings", reason: "no environment or address")
        }
        app?.close()
        app = nil
        let log = MemoryLog()
        let client = try makeClient(settings, log)
        let backend = try AppBackend(client: client, url: url, allowsLoopback: allowsLoopback)
        app = AppModel(client: client, backend: backend, log: log)
        app?.setForeground(isForeground)
        self.settings = settings
        store(settings)
    }
}
