import Foundation
import StepUp
import Testing

/// The address that signs in where a test does not care.
let ada = "ada@example.com"

/// An app on a sandbox.
protocol SandboxApp: Sendable {
    var sandbox: Sandbox { get }
    var client: StepUpClient { get }
}

/// A sandbox, a client on it, and the client's callbacks.
struct World: SandboxApp {
    let sandbox: Sandbox
    let phone: String
    let deadlines: Deadlines
    /// Whether the app shows captchas by a callback.
    let hasCaptcha: Bool
    let storage: TestStorage
    let keys: TestKeys
    let passkeys: TestPasskeys
    let browser: TestBrowser
    let wallets: TestWallets
    let captcha: TestCaptcha
    let client: StepUpClient

    /// A sandbox whose default policy is changed by a part of one.
    init(policy: String? = nil, deadlines: Deadlines = Deadlines()) async throws {
        let sandbox = try Sandbox()
        if let policy {
            try await sandbox.patchPolicy(policy)
        }
        try self.init(on: sandbox, phone: "phone", deadlines: deadlines)
    }

    /// A phone on a sandbox that is there already.
    init(
        on sandbox: Sandbox, phone: String, deadlines: Deadlines = Deadlines(), hasCaptcha: Bool = true
    ) throws {
        (self.sandbox, self.phone, self.deadlines) = (sandbox, phone, deadlines)
        self.hasCaptcha = hasCaptcha
        (storage, keys) = (TestStorage(), TestKeys())
        passkeys = TestPasskeys(sandbox: sandbox, phone: phone)
        (browser, wallets) = (TestBrowser(sandbox: sandbox), TestWallets(sandbox: sandbox))
        captcha = TestCaptcha()
        let platform = Platform(
            storage: storage, deviceKeys: keys, passkeys: passkeys, oauthBrowser: browser,
            walletSigner: wallets, captcha: hasCaptcha ? captcha : nil)
        let config = Self.config(sandbox, namespace: phone, deadlines: deadlines)
        client = try StepUpClient(config: config, platform: platform)
    }

    /// The app started again, on the same storage and keys.
    private init(afterRestartOf world: World) throws {
        world.client.shutdown()
        (sandbox, phone, deadlines) = (world.sandbox, world.phone, world.deadlines)
        (hasCaptcha, storage) = (world.hasCaptcha, world.storage)
        (keys, passkeys) = (world.keys, world.passkeys)
        (browser, wallets, captcha) = (world.browser, world.wallets, world.captcha)
        client = try StepUpClient(config: world.config, platform: world.platform)
    }

    func restarted() throws -> World {
        try World(afterRestartOf: self)
    }

    var platform: Platform {
        Platform(
            storage: storage, deviceKeys: keys, passkeys: passkeys, oauthBrowser: browser,
            walletSigner: wallets, captcha: hasCaptcha ? captcha : nil)
    }

    var config: ClientConfig {
        Self.config(sandbox, namespace: phone, deadlines: deadlines)
    }

    static func config(
        _ sandbox: Sandbox, namespace: String = "phone", deadlines: Deadlines = Deadlines()
    ) -> ClientConfig {
        ClientConfig(
            environmentId: sandbox.environmentId, baseUrl: sandbox.baseUrl, storageNamespace: namespace,
            deviceName: "Pixel 9; Android 16", appOrigin: "http://localhost", appLinks: ["http://localhost"],
            oauthRedirectUrl: redirectUrl, allowInsecureLoopback: true, deadlines: deadlines)
    }

    /// Where OAuth providers send the user back to.
    static let redirectUrl = "https://app.example/oauth"

    /// For callbacks that hang: soon over, and still long enough for those that work.
    static let shortDeadlines = Deadlines(
        storage: .seconds(1), keys: .seconds(1), passkey: .seconds(1), browser: .seconds(1),
        wallet: .seconds(1), captcha: .seconds(1))
}

// MARK: - What an app does

extension SandboxApp {
    @discardableResult
    func signIn(as email: String = ada, options: SignInOptions? = nil) async throws -> Session {
        _ = try await client.auth.sendEmailOtp(email: email)
        let code = try await sandbox.code(for: email)
        switch try await client.auth.signInWithOtp(code: code, options: options) {
        case .done(let session, _): return session
        }
    }

    /// Signs in with the permission to add factors for ten minutes.
    @discardableResult
    func signInToAddFactors() async throws -> Session {
        try await signIn(options: SignInOptions(allowNewMfaLinking: true))
    }

    /// Signs in by e-mail with a token for these scopes.
    @discardableResult
    func signIn(for scopes: [String], as email: String = ada) async throws -> Session {
        try await signIn(as: email, options: SignInOptions(requestedScopes: scopes))
    }

    /// The user's factors of all kinds.
    func factors() async throws -> [MfaFactor] {
        try await client.mfa.methods().flatMap(\.factors)
    }

    func verifyByEmail(_ scopes: [String]) async throws -> Elevation {
        let sent = try await client.stepUp.sendOtp()
        let code = try await sandbox.code(for: ada)
        return try await client.stepUp.verifyOtp(code: code, scopes: scopes, verificationId: sent.id)
    }

    /// Adds an authenticator app; needs the permission to.
    func enrollAuthenticatorApp() async throws -> AuthenticatorApp {
        let app = AuthenticatorApp(try await client.mfa.enrollTotp())
        _ = try await client.mfa.confirmTotp(code: code(of: app))
        return app
    }

    /// The code that an authenticator app shows. One is good once, so the clock moves on to the next.
    func code(of app: AuthenticatorApp) async throws -> String {
        app.code(at: try await sandbox.advanceClock(seconds: 30))
    }

    /// Plays the app's own backend, called with what `authorizationHeaders` answered: its status.
    func callBackend(_ scope: String) async throws -> Int {
        try await callBackend(scope, with: client.stepUp.authorizationHeaders(scope: scope)).status
    }

    /// Plays the app's own backend.
    func callBackend(_ scope: String, with headers: [HttpHeader]) async throws -> Sandbox.Answer {
        try await sandbox.control(
            "POST", "protected", #"{"scope":"\#(scope)"}"#, headers: headers.map { ($0.name, $0.value) })
    }
}

/// The error that a call ends with; a call that does not fail, or not with this library's error, is reported.
func error<Answer>(
    of call: () async throws -> Answer, sourceLocation: SourceLocation = #_sourceLocation
) async -> StepUpError? {
    do {
        _ = try await call()
        Issue.record("it did not fail", sourceLocation: sourceLocation)
    } catch let error as StepUpError {
        return error
    } catch {
        Issue.record("not an error of the library: \(type(of: error))", sourceLocation: sourceLocation)
    }
    return nil
}
