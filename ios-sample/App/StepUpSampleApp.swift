import Presenters
import StepUp
import StepUpApple
import SwiftUI

/// The sample.
@main
struct StepUpSampleApp: App {
    @State private var sample = Sample(
        StoredSettings.load(), allowsLoopback: isTrial, store: StoredSettings.save,
        makeClient: { settings, log in
            let config = settings.config(domain: domain, scheme: "stepup-sample")
            return try StepUp.apple(config, platform: platform(settings, log))
        })

    @Environment(\.scenePhase) private var scenePhase

    var body: some Scene {
        WindowGroup {
            RootView(sample: sample)
        }
        .onChange(of: scenePhase, initial: true) { _, phase in
            // While something of the system's lies above the app, it is inactive, and still there.
            sample.setForeground(phase != .background)
        }
    }
}

/// A release talks to no sandbox.
private var isTrial: Bool {
    #if DEBUG
        true
    #else
        false
    #endif
}

/// The system's sheets and keychain. Passkeys need a domain, and this app knows no wallet: in trials, the
/// sandbox plays both.
private func platform(_ settings: SampleSettings, _ log: MemoryLog) -> Platform {
    #if DEBUG
        if let tools = SandboxTools(settings) {
            return .apple(passkeys: tools.passkeys, walletSigner: tools.walletSigner, logSink: Logs(log))
        }
    #endif
    return .apple(logSink: Logs(log))
}

/// The log can be read in the app, and in Console.
private final class Logs: LogSink {
    private let memory: MemoryLog
    private let system = OSLogSink()

    init(_ memory: MemoryLog) {
        self.memory = memory
    }

    func log(record: LogRecord) async throws {
        await memory.log(record: record)
        try await system.log(record: record)
    }
}

/// The app's domain, from the build setting `APP_DOMAIN`.
private var domain: String {
    Bundle.main.object(forInfoDictionaryKey: "AppDomain") as? String ?? ""
}

/// The settings of the last time. They are no secrets: what is, the keychain has.
private enum StoredSettings {
    private static let key = "settings"

    static func load() -> SampleSettings {
        let stored = UserDefaults.standard.data(forKey: key)
        let settings = stored.flatMap { try? JSONDecoder().decode(SampleSettings.self, from: $0) }
        return settings ?? SampleSettings()
    }

    @MainActor
    static func save(_ settings: SampleSettings) {
        UserDefaults.standard.set(try? JSONEncoder().encode(settings), forKey: key)
    }
}
