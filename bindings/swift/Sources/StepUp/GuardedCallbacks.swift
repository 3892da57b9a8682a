import Foundation
import StepUpGenerated

// What a callback throws reaches the core as a `PlatformError`, and without its text, which tends to hold
// what the callback was given. Deadlines are the core's: it must learn when a write that came too late has
// ended after all, so nothing here answers in a callback's place.

extension Platform {
    /// The same callbacks, each behind a guard.
    func guarded() -> Platform {
        Platform(
            storage: GuardedStorage(storage: storage),
            deviceKeys: GuardedKeys(keys: deviceKeys),
            passkeys: passkeys.map(GuardedPasskeys.init),
            oauthBrowser: oauthBrowser.map(GuardedBrowser.init),
            walletSigner: walletSigner.map(GuardedWallets.init),
            captcha: captcha.map(GuardedCaptcha.init),
            logSink: logSink.map(GuardedLogSink.init))
    }
}

private func guarding<Answer>(_ callback: () async throws -> Answer) async throws -> Answer {
    do {
        return try await callback()
    } catch let error as PlatformError {
        throw error
    } catch {
        throw PlatformError.Internal(reason: "the callback threw an error that it does not declare")
    }
}

private final class GuardedStorage: SecureStorage {
    let storage: any SecureStorage

    init(storage: any SecureStorage) {
        self.storage = storage
    }

    func get(key: String) async throws -> Data? {
        try await guarding { try await storage.get(key: key) }
    }

    func put(key: String, value: Data) async throws {
        try await guarding { try await storage.put(key: key, value: value) }
    }

    func delete(key: String) async throws {
        try await guarding { try await storage.delete(key: key) }
    }
}

private final class GuardedKeys: DeviceKeys {
    let keys: any DeviceKeys

    init(keys: any DeviceKeys) {
        self.keys = keys
    }

    func generate(name: String) async throws -> DevicePublicKey {
        try await guarding { try await keys.generate(name: name) }
    }

    func publicKey(name: String) async throws -> DevicePublicKey? {
        try await guarding { try await keys.publicKey(name: name) }
    }

    func sign(name: String, message: Data) async throws -> Data {
        try await guarding { try await keys.sign(name: name, message: message) }
    }

    func delete(name: String) async throws {
        try await guarding { try await keys.delete(name: name) }
    }
}

private final class GuardedPasskeys: PasskeyProvider {
    let passkeys: any PasskeyProvider

    init(passkeys: any PasskeyProvider) {
        self.passkeys = passkeys
    }

    func create(optionsJson: String) async throws -> String {
        try await guarding { try await passkeys.create(optionsJson: optionsJson) }
    }

    func get(optionsJson: String) async throws -> String {
        try await guarding { try await passkeys.get(optionsJson: optionsJson) }
    }
}

private final class GuardedBrowser: OAuthBrowser {
    let browser: any OAuthBrowser

    init(browser: any OAuthBrowser) {
        self.browser = browser
    }

    func open(request: BrowserRequest) async throws -> String {
        try await guarding { try await browser.open(request: request) }
    }
}

private final class GuardedWallets: WalletSigner {
    let wallets: any WalletSigner

    init(wallets: any WalletSigner) {
        self.wallets = wallets
    }

    func accounts() async throws -> [WalletAccount] {
        try await guarding { try await wallets.accounts() }
    }

    func signMessage(message: WalletMessage) async throws -> String {
        try await guarding { try await wallets.signMessage(message: message) }
    }
}

private final class GuardedCaptcha: CaptchaProvider {
    let captcha: any CaptchaProvider

    init(captcha: any CaptchaProvider) {
        self.captcha = captcha
    }

    func solve(challenge: CaptchaChallenge) async throws -> String {
        try await guarding { try await captcha.solve(challenge: challenge) }
    }
}

/// Given to `DeviceRegistrationClient.subscribe`, not with the platform.
final class GuardedListener: DeviceRegistrationListener {
    private let listener: any DeviceRegistrationListener

    init(listener: any DeviceRegistrationListener) {
        self.listener = listener
    }

    func statusChanged(status: DeviceRegistrationStatus) async throws {
        try await guarding { try await listener.statusChanged(status: status) }
    }
}

/// Given to `AuthClient.subscribe`.
final class GuardedSessionListener: SessionListener {
    private let listener: any SessionListener

    init(listener: any SessionListener) {
        self.listener = listener
    }

    func sessionChanged(session: Session?) async throws {
        try await guarding { try await listener.sessionChanged(session: session) }
    }
}

/// Given to `StepUpAuthClient.subscribeElevations`.
final class GuardedElevationListener: ElevationListener {
    private let listener: any ElevationListener

    init(listener: any ElevationListener) {
        self.listener = listener
    }

    func elevationsChanged(elevations: [Elevation]) async throws {
        try await guarding { try await listener.elevationsChanged(elevations: elevations) }
    }
}

/// Given to `StepUpAuthClient.subscribe`.
final class GuardedStepUpStateListener: StepUpStateListener {
    private let listener: any StepUpStateListener

    init(listener: any StepUpStateListener) {
        self.listener = listener
    }

    func stateChanged(state: StepUpState) async throws {
        try await guarding { try await listener.stateChanged(state: state) }
    }
}

/// Given to `StepUpFlow.subscribe`.
final class GuardedFlowListener: StepUpFlowListener {
    private let listener: any StepUpFlowListener

    init(listener: any StepUpFlowListener) {
        self.listener = listener
    }

    func stateChanged(state: StepUpFlowState) async throws {
        try await guarding { try await listener.stateChanged(state: state) }
    }
}

private final class GuardedLogSink: LogSink {
    let sink: any LogSink

    init(sink: any LogSink) {
        self.sink = sink
    }

    func log(record: LogRecord) async throws {
        try await guarding { try await sink.log(record: record) }
    }
}
