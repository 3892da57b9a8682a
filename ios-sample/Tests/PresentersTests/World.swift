import Foundation
import StepUp
import StepUpTesting
import Testing

@testable import Presenters

/// The address that signs in where a test does not care.
let ada = "ada@example.com"
/// The number of the same kind.
let phoneNumber = (country: "1", number: "2025550167", whole: "+12025550167")

/// The app on a played phone, with a server of its own.
@MainActor final class World {
    let sandbox: Sandbox
    let phone: TestPhone
    let sample: Sample
    private(set) var app: AppModel
    private var running: Task<Void, Never>

    /// A sandbox whose default policy is changed by a part of one.
    convenience init(policy: String? = nil) async throws {
        let sandbox = try Sandbox()
        if let policy {
            try await sandbox.patchPolicy(policy)
        }
        try self.init(on: TestPhone(sandbox: sandbox))
    }

    /// The app is started on a phone, whose sheets may be the tools'.
    init(on phone: TestPhone, with tools: SandboxTools? = nil) throws {
        (self.phone, sandbox) = (phone, phone.sandbox)
        let settings = SampleSettings(environmentId: sandbox.environmentId, baseUrl: sandbox.baseUrl)
        sample = Sample(settings, allowsLoopback: true, store: { _ in }, makeClient: Self.maker(phone, tools))
        let app = try #require(sample.app)
        self.app = app
        running = Task { await app.run() }
    }

    deinit {
        running.cancel()
    }

    /// Makes clients as an app does, with what the phone plays.
    static func maker(_ phone: TestPhone, _ tools: SandboxTools? = nil) -> Sample.MakeClient {
        { settings, log in
            var config = settings.config(domain: "app.example", scheme: "stepup-sample")
            config.storageNamespace = phone.name
            let played = phone.platform
            let platform = Platform(
                storage: played.storage, deviceKeys: played.deviceKeys,
                passkeys: tools?.passkeys ?? played.passkeys, oauthBrowser: played.oauthBrowser,
                walletSigner: tools?.walletSigner ?? played.walletSigner, logSink: log)
            return try StepUpClient(config: config, platform: platform)
        }
    }

    /// The process dies: the app that comes after it has the same phone.
    func restarted() throws -> World {
        app.close()
        return try World(on: phone)
    }

    // MARK: What the user sees and does

    func isShown(_ screen: AppModel.Screen) async throws {
        try await eventually("the screen is \(screen)") { app.screen == screen }
    }

    /// What the sandbox is told so that there is a provider.
    static let google = #"{"providers":[{"provider":"google"}]}"#

    /// Signed in with a social account; the next page waits in the browser until the gate is opened.
    static func signedInWithGoogle(waitingAt gate: Gate) async throws -> World {
        let world = try await World(policy: google)
        await world.app.signIn.signIn(with: .google)
        try await world.isShown(.home)
        await world.phone.browser.set(.waits(gate))
        return world
    }

    /// Signs in with a code by e-mail.
    func signIn(as email: String = ada) async throws {
        app.signIn.email = email
        await app.signIn.sendEmailCode()
        app.signIn.code = try await sandbox.code(for: email)
        await app.signIn.submit()
        try await eventually("somebody is signed in") {
            [.home, .confirmDevice].contains(app.screen) && app.userId != nil
        }
    }

    /// Nobody is signed in, and the app has seen that.
    func isSignedOut() async throws {
        try await isShown(.signIn)
        try await eventually("the end is seen") { app.userId == nil }
    }

    func signInBySms() async throws {
        (app.signIn.countryCode, app.signIn.number) = (phoneNumber.country, phoneNumber.number)
        await app.signIn.sendSmsCode()
        app.signIn.code = try await sandbox.code(for: phoneNumber.whole)
        await app.signIn.submit()
        try await isShown(.home)
    }

    /// The sheet that has come up, or comes; not the one of an operation that has ended.
    func sheet() async throws -> StepUpSheetPresenter {
        try await eventually("a sheet is shown") { app.sheets.current?.isOpen == true }
        return try #require(app.sheets.current)
    }

    /// It goes away a moment after the operation that it was for has ended.
    func sheetIsGone() async throws {
        try await eventually("the sheet is gone") { app.sheets.current == nil }
    }

    /// Waits until the sheet asks for a code, and types this one.
    func type(_ code: () async throws -> String) async throws {
        let sheet = try await sheet()
        try await eventually("a code is asked for") { sheet.field != nil }
        sheet.code = try await code()
        sheet.submit()
    }

    /// Waits until the sheet shows the choice, and takes this method.
    func choose(_ method: TextKey) async throws {
        let sheet = try await sheet()
        try await eventually("there is a choice") { sheet.options != nil }
        sheet.select(try #require(sheet.options?.first { $0.method == method }))
    }

    /// Exports the key, while the user does what the sheet asks for.
    func exportKey(_ prove: () async throws -> Void) async throws {
        async let export: Void = app.home.exportKey()
        try await prove()
        await export
        #expect(app.home.activity.notice?.text == .exported)
        try await sheetIsGone()
    }

    /// Exports the key: the sheet waits with this text for what the gate lets through.
    func exportKey(
        waitingWith text: TextKey, at gate: Gate, look: (StepUpSheetPresenter) -> Void = { _ in }
    ) async throws {
        try await exportKey {
            let sheet = try await sheet()
            try await eventually("it waits") { sheet.content == .waiting(text) }
            look(sheet)
            await gate.open()
        }
    }

    /// Proves by a code by e-mail what is asked for meanwhile.
    func proving(_ action: @escaping @MainActor () async -> Void) async throws {
        async let done: Void = action()
        try await type { try await sandbox.code(for: ada) }
        await done
    }

    func enrollAuthenticatorApp() async throws -> AuthenticatorApp {
        let presenter = TotpPresenter(app.services)
        try await proving { await presenter.enroll() }
        let totp = AuthenticatorApp(try #require(presenter.enrollment))
        presenter.code = try await code(of: totp)
        await presenter.confirm()
        try #require(presenter.activity.notice?.text == .enrolled)
        return totp
    }

    func registerPasskey() async throws {
        let presenter = PasskeysPresenter(app.services)
        try await proving { await presenter.register() }
        try #require(presenter.passkeys.count == 1)
    }

    /// The code that an authenticator app shows. One is good once, so the clock moves on to the next.
    func code(of totp: AuthenticatorApp) async throws -> String {
        totp.code(at: try await sandbox.advanceClock(seconds: 30))
    }

    /// No server answers any more.
    func disconnect(_ method: String, _ path: String) async throws {
        try await sandbox.fault(method, path, #""cut":"before""#)
    }
}

extension StepUpSheetPresenter {
    var field: CodeField? {
        if case .code(let field) = content { field } else { nil }
    }

    var isOpen: Bool {
        switch content {
        case .granted, .cancelled, .failed: false
        default: true
        }
    }

    var options: [Option]? {
        if case .choice(let options, _, _) = content { options } else { nil }
    }

    var notice: Notice? {
        switch content {
        case .choice(_, _, let notice), .backend(let notice), .failed(let notice): notice
        case .code(let field): field.notice
        default: nil
        }
    }
}

/// Longer than anything here takes, also on a busy machine.
private let patience = Duration.seconds(20)

/// Waits until something holds; where it never does, the test fails.
@MainActor func eventually(_ what: String, _ holds: () async throws -> Bool) async throws {
    let clock = ContinuousClock()
    let end = clock.now + patience
    while try await !holds() {
        guard clock.now < end else { throw Sandbox.Failure(reason: "never happened: \(what)") }
        try await Task.sleep(for: .milliseconds(5))
    }
}
