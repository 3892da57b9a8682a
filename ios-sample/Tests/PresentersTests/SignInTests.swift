import Foundation
import StepUp
import StepUpTesting
import Testing

@testable import Presenters

/// The screen for signing in, by each way.
@Suite(.timeLimit(.minutes(2))) @MainActor struct SignInTests {
    @Test func byEmail() async throws {
        let world = try await World()
        try await world.isShown(.signIn)
        let signIn = world.app.signIn
        signIn.email = ada
        await signIn.sendEmailCode()
        #expect(signIn.sent?.maskedDestination == "a•••@example.com" && signIn.activity.notice == nil)

        signIn.code = "000000"
        await signIn.submit()
        #expect(signIn.activity.notice?.text == .codeWrong && signIn.code.isEmpty)
        #expect(signIn.sent != nil && world.app.screen == .signIn)
        signIn.code = "12"
        await signIn.submit()
        #expect(signIn.activity.notice?.text == .codeMalformed)

        let code = try await world.sandbox.code(for: ada)
        signIn.paste("Your code is \(code.prefix(3)) \(code.suffix(3)). Do not tell it to anybody.")
        #expect(signIn.code == code)
        await signIn.submit()
        try await world.isShown(.home)
        #expect(world.app.home.userName == ada && world.app.home.duties.isEmpty)
        // Whoever signs in next is asked for an address, not for the code of before.
        #expect(signIn.sent == nil && signIn.code.isEmpty && signIn.activity.notice == nil)
    }

    @Test func aCodeIsSentAgainWhenTheTimeHasCome() async throws {
        let world = try await World()
        let signIn = world.app.signIn
        signIn.email = ada
        await signIn.sendEmailCode()
        let sent = try #require(signIn.sent)
        #expect(signIn.secondsLeft(at: sent.resendAt - 10) == 10)
        #expect(signIn.secondsLeft(at: sent.resendAt - 0.5) == 1)
        await signIn.resend(at: sent.resendAt - 0.5)
        #expect(try await world.sandbox.requests(to: "/emailVerifications/retry").isEmpty)
        await signIn.resend(at: sent.resendAt)
        #expect(try await world.sandbox.requests(to: "/emailVerifications/retry").count == 1)
        #expect(try #require(signIn.sent).resendAt > sent.resendAt)

        signIn.code = try await world.sandbox.code(for: ada)
        await signIn.submit()
        try await world.isShown(.home)
    }

    @Test func tooManyCodes() async throws {
        let world = try await World()
        world.app.signIn.email = ada
        for _ in 0..<4 { await world.app.signIn.sendEmailCode() }
        let notice = try #require(world.app.signIn.activity.notice)
        #expect(notice.text == .waitSeconds && (1...600).contains(notice.seconds ?? 0))
    }

    @Test func whatIsNoAddressOrNumber() async throws {
        let world = try await World()
        let signIn = world.app.signIn
        signIn.email = "ada"
        await signIn.sendEmailCode()
        #expect(signIn.activity.notice?.text == .invalidEmail && signIn.sent == nil)
        (signIn.countryCode, signIn.number) = ("x", "1")
        await signIn.sendSmsCode()
        #expect(signIn.activity.notice?.text == .invalidPhone && signIn.sent == nil)
    }

    @Test func bySms() async throws {
        let world = try await World()
        try await world.signInBySms()
        #expect(world.app.home.credentials.map(\.kind) == [.credentialPhone])
    }

    @Test func byPasskey() async throws {
        let world = try await World()
        await world.app.signIn.signInWithPasskey()
        #expect(world.app.signIn.activity.notice?.text == .notOnThisDevice)
        try await world.signIn()
        try await world.registerPasskey()
        await world.app.home.signOut()
        try await world.isShown(.signIn)

        await world.phone.passkeys.set(.fails(PlatformError.Cancelled))
        await world.app.signIn.signInWithPasskey()
        #expect(world.app.signIn.activity.notice == nil && world.app.screen == .signIn)
        await world.phone.passkeys.set(.works)
        await world.app.signIn.signInWithPasskey()
        try await world.isShown(.home)
        #expect(world.app.home.userName == ada)
    }

    @Test func bySocialAccount() async throws {
        let world = try await World(policy: World.google)
        await world.phone.browser.decide(.denies("access_denied"))
        await world.app.signIn.signIn(with: .google)
        #expect(world.app.signIn.activity.notice?.text == .providerRefused)
        await world.app.signIn.signIn(with: .github)
        #expect(world.app.signIn.activity.notice?.text == .methodUnavailable)
        await world.phone.browser.decide(.approves("ada's account"))
        await world.app.signIn.signIn(with: .google)
        try await world.isShown(.home)
        #expect(world.app.home.credentials.map(\.kind) == [.credentialSocial])
    }

    @Test func theRedirectComesToTheNextProcess() async throws {
        let world = try await World(policy: World.google)
        let gate = Gate()
        await world.phone.browser.set(.waits(gate))
        let signingIn = Task { await world.app.signIn.signIn(with: .google) }
        try await eventually("the browser is open") { await !world.phone.browser.opened.isEmpty }
        let page = try #require(await world.phone.browser.opened.first)
        let redirect = try await world.sandbox.approve(page: page.url, account: "ada's account")
        let restarted = try world.restarted()
        await gate.open()
        await signingIn.value
        try await restarted.isShown(.signIn)
        await restarted.app.open("stepup-sample://other")
        #expect(restarted.app.opened.notice == nil && restarted.app.screen == .signIn)
        await restarted.app.open(redirect)
        try await restarted.isShown(.home)
    }

    @Test func byTheAppsBackend() async throws {
        let world = try await World()
        await world.app.signIn.signInWithExternalJwt()
        try await world.isShown(.home)
        #expect(world.app.home.credentials.map(\.kind) == [.credentialBackend])
    }

    @Test func offline() async throws {
        let world = try await World()
        try await world.disconnect("POST", "emailVerifications/create")
        let signIn = world.app.signIn
        signIn.email = ada
        await signIn.sendEmailCode()
        #expect(signIn.activity.notice?.text == .offline && signIn.sent == nil)
        try await world.sandbox.clearFaults()
        try await world.signIn()
        #expect(signIn.activity.notice == nil)
    }

    @Test func aSecondTapDoesNothing() async throws {
        let world = try await World()
        let signIn = world.app.signIn
        signIn.email = ada
        async let first: Void = signIn.sendEmailCode()
        async let second: Void = signIn.sendEmailCode()
        _ = await (first, second)
        #expect(try await world.sandbox.requests(to: "/emailVerifications/create").count == 1)
        #expect(!signIn.activity.isRunning)
        signIn.back()
        #expect(signIn.sent == nil)
    }

    @Test func whoWasSignedInIsSo() async throws {
        let world = try await World()
        try await world.signIn()
        let restarted = try world.restarted()
        #expect(restarted.app.screen == .starting)
        try await restarted.isShown(.home)
        #expect(restarted.app.home.userName == ada && restarted.app.home.expiresAt ?? .now > .now)
    }
}
