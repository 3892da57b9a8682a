import Foundation
import StepUp
import StepUpTesting
import Testing

@testable import Presenters

/// A step-up that goes on in another process, or comes back by a URL.
@Suite(.timeLimit(.minutes(2))) @MainActor struct RestartTests {
    @Test func theProcessDiesWhileACodeIsAwaited() async throws {
        let world = try await World()
        try await world.signIn()
        let action = Task { await world.app.home.exportKey() }
        let before = try await world.sheet()
        try await eventually("a code is asked for, and that is written down") {
            let isWritten = await world.phone.storage.records.keys.contains { $0.hasSuffix(".browser") }
            return isWritten && before.field != nil
        }
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

    @Test func theProcessDiesInTheBrowser() async throws {
        let world = try await World(policy: #"{"providers":[{"provider":"google"}]}"#)
        await world.app.signIn.signIn(with: .google)
        try await world.isShown(.home)
        let gate = Gate()
        await world.phone.browser.set(.waits(gate))
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
        let world = try await World(policy: #"{"providers":[{"provider":"google"}]}"#)
        await world.app.signIn.signIn(with: .google)
        try await world.isShown(.home)
        let gate = Gate()
        await world.phone.browser.set(.waits(gate))
        try await world.exportKey {
            try await eventually("the browser is open") { await world.phone.browser.opened.count == 2 }
            let page = try #require(await world.phone.browser.opened.last)
            let redirect = try await world.sandbox.approve(page: page.url, account: "ada's account")
            await world.app.open(redirect)
            #expect(world.app.opened.notice?.text == .granted)
        }
        await gate.open()
    }
}
