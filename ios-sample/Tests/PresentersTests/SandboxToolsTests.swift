import StepUp
import StepUpTesting
import Testing

@testable import Presenters

/// The passkey sheet and the wallet that the sandbox plays in builds for trials.
@Suite(.timeLimit(.minutes(2))) @MainActor struct SandboxToolsTests {
    @Test func aPasskeyAndAWallet() async throws {
        let sandbox = try Sandbox()
        let settings = SampleSettings(environmentId: sandbox.environmentId, baseUrl: sandbox.baseUrl)
        let tools = try #require(SandboxTools(settings))
        let world = try World(on: TestPhone(sandbox: sandbox), with: tools)
        await world.app.signIn.signInWithPasskey()
        #expect(world.app.signIn.activity.notice?.text == .notOnThisDevice)
        try await world.signIn()
        try await world.proving { await world.app.home.linkWallet() }
        #expect(world.app.home.activity.notice?.text == .linked)

        async let byWallet: Void = world.app.home.exportKey()
        try await world.choose(.methodWallet)
        await byWallet
        #expect(world.app.home.activity.notice?.text == .exported)

        let passkeys = PasskeysPresenter(world.app.services)
        await passkeys.register()
        #expect(passkeys.passkeys.count == 1 && passkeys.activity.notice == nil)
        await passkeys.register()
        #expect(passkeys.activity.notice?.text == .alreadyEnrolled)
        await world.app.home.exportKey()
        #expect(world.app.home.activity.notice?.text == .exported)
    }

    @Test func noOtherServerPlaysThem() {
        #expect(SandboxTools(SampleSettings(baseUrl: "https://api.example.com/api/v0")) == nil)
        #expect(SandboxTools(SampleSettings(baseUrl: "nowhere")) == nil)
    }
}
