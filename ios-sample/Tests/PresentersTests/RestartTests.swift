import Foundation
import StepUp
import StepUpTesting
import Testing

@testable import Presenters

/// A step-up that goes on in another process, or comes back by a URL.
@Suite(.timeLimit(.minutes(2))) @MainActor struct RestartTests {
    @Test func theProcessDiesWhileACodeIsAwaited() async throws {
        let (world, action) = try await awaitingCode()
        let before = try await world.sheet()
        let restarted = try world.restarted()
        await action.value
        let sheet = try await restarted.sheet()
        #expect(sheet !== before && sheet.field?.destination == "a•••@example.com")
        // One to sign in and one for the step-up, no other.
        #expect(try await world.sandbox.requests(to: "/emailVerifications/create").count == 2)
        try await restarted.type { try await world.sandbox.code(for: ada) }
        try await eventually("it is proven") { restarted.app.opened.notice?.text == .granted }
        #expect(restarted.app.sheets.current == nil)
        await restarted.app.home.exportKey()
        #expect(restarted.app.home.activity.notice?.text == .exported)
    }

    @Test func theProcessDiesWhileTheCodeOfTheSignInIsAwaited() async throws {
        let world = try await World()
        world.app.signIn.email = ada
        await world.app.signIn.sendEmailCode()
        let restarted = try world.restarted()
        try await restarted.isShown(.signIn)
        let signIn = restarted.app.signIn
        try await eventually("the code is awaited") { signIn.sent?.maskedDestination == "a•••@example.com" }
        signIn.code = try await world.sandbox.code(for: ada)
        await signIn.submit()
        try await restarted.isShown(.home)
        #expect(try await world.sandbox.requests(to: "/emailVerifications/create").count == 1)
    }

    @Test func theProcessDiesWhileTheCodeForANumberIsAwaited() async throws {
        let world = try await World()
        try await world.signIn()
        try await world.sendCodeForNumber()
        world.app.home.abandonPhone()
        #expect(world.app.home.linking == nil)
        await world.app.home.linkPhone()
        let restarted = try world.restarted()
        let home = restarted.app.home
        try await eventually("the code is awaited") { home.linking?.maskedDestination == "+1 •••67" }
        await home.resendPhoneCode(at: .distantFuture)
        home.paste("Your code is 000 000.")
        if home.code == (try await world.sandbox.code(for: phoneNumber.whole)) { home.paste("000001") }
        await home.confirmPhone()
        #expect(home.activity.notice?.text == .codeWrong && home.linking != nil)
        home.paste("Your code: \(try await world.sandbox.code(for: phoneNumber.whole))")
        await home.confirmPhone()
        #expect(home.activity.notice?.text == .linked)
    }

    @Test func thePhoneIsLockedAtLaunch() async throws {
        let (world, action) = try await awaitingCode()
        let storage = world.phone.storage
        await storage.set(.fails(PlatformError.Locked), for: "get")
        let restarted = try world.restarted()
        await action.value
        try await eventually("it is said") { restarted.app.opened.notice?.text == .storage }
        #expect(restarted.app.screen == .starting)
        let calls = await storage.calls.count
        restarted.sample.setForeground(true)
        try await eventually("it was tried again") { await storage.calls.count > calls }
        #expect(restarted.app.screen == .starting)

        await storage.set(.works)
        restarted.sample.setForeground(true)
        try await restarted.isShown(.home)
        try await restarted.type { try await world.sandbox.code(for: ada) }
        try await eventually("it is proven") { restarted.app.opened.notice?.text == .granted }
    }

    @Test func thePhoneIsUnlockedWhileTheStorageIsRead() async throws {
        let world = try await World()
        try await world.signIn()
        let storage = world.phone.storage
        let gate = Gate()
        await storage.set(
            .calls {
                await gate.pass()
                throw PlatformError.Locked
            }, for: "get")
        let restarted = try world.restarted()
        try await eventually("it is read") { await gate.arrivals > 0 }
        restarted.sample.setForeground(true)
        await storage.set(.works)
        await Task.yield()
        await gate.open()
        try await restarted.isShown(.home)
        #expect(restarted.app.opened.notice == nil)
    }

    @Test func theStorageHoldsWhatIsNotOurs() async throws {
        let world = try await World()
        try await world.signIn()
        await world.phone.storage.overwrite(with: "something else")
        let restarted = try world.restarted()
        try await restarted.isShown(.signIn)
        #expect(restarted.app.signIn.activity.notice?.text == .storage)
        try await restarted.signIn()
    }

    @Test func twoWindowsAreOneApp() async throws {
        let (world, action) = try await awaitingCode()
        let restarted = try world.restarted()
        let another = Task { await restarted.app.run() }
        defer { another.cancel() }
        await action.value
        _ = try await restarted.sheet()
        restarted.app.sheets.current = nil
        #expect(restarted.app.sheets.current == nil, "it is shown once")
        try await restarted.isShown(.home)
    }

    @Test func theProcessDiesInTheBrowser() async throws {
        let gate = Gate()
        let world = try await World.signedInWithGoogle(waitingAt: gate)
        let action = Task { await world.app.home.exportKey() }
        try await eventually("the browser is open") { await world.phone.browser.opened.count == 2 }
        let page = try #require(await world.phone.browser.opened.last)
        let redirect = try await world.sandbox.approve(page: page.url, account: "ada's account")
        let restarted = try world.restarted()
        await gate.open()
        await action.value
        let sheet = try await restarted.sheet()
        #expect(sheet.content == .waiting(.waitingForBrowser))
        await restarted.app.open(redirect)
        try await eventually("it is proven") { restarted.app.sheets.current == nil }
        #expect(restarted.app.opened.notice?.text == .granted)
    }

    @Test func theRedirectComesAsAURL() async throws {
        let gate = Gate()
        let world = try await World.signedInWithGoogle(waitingAt: gate)
        try await world.exportKey {
            try await eventually("the browser is open") { await world.phone.browser.opened.count == 2 }
            let page = try #require(await world.phone.browser.opened.last)
            let redirect = try await world.sandbox.approve(page: page.url, account: "ada's account")
            await world.app.open(redirect)
            #expect(world.app.opened.notice?.text == .granted)
        }
        await gate.open()
    }

    /// A key is being exported, and the process may die: a code is awaited, and that is written down.
    private func awaitingCode() async throws -> (World, Task<Void, Never>) {
        let world = try await World()
        try await world.signIn()
        let action = Task { await world.app.home.exportKey() }
        let sheet = try await world.sheet()
        try await eventually("a code is asked for, and that is written down") {
            let isWritten = await world.phone.storage.records.keys.contains { $0.hasSuffix(".browser") }
            return isWritten && sheet.field != nil
        }
        return (world, action)
    }
}
