import StepUp
import StepUpTesting
import Testing

@testable import Presenters

/// The screen for the passkeys.
@Suite(.timeLimit(.minutes(2))) @MainActor struct PasskeysTests {
    @Test func oneIsAddedRenamedAndRemoved() async throws {
        let world = try await World()
        try await world.signIn()
        let presenter = PasskeysPresenter(world.app.services)
        await presenter.load()
        #expect(presenter.passkeys.isEmpty && presenter.activity.notice == nil)
        try await world.proving { await presenter.register() }
        let passkey = try #require(presenter.passkeys.first)

        // This phone has one already.
        await presenter.register()
        #expect(presenter.activity.notice?.text == .alreadyEnrolled && presenter.passkeys.count == 1)

        await presenter.rename(passkey, to: " My phone ")
        #expect(presenter.passkeys.map(\.alias) == ["My phone"] && presenter.activity.notice == nil)
        await presenter.rename(passkey, to: "")
        #expect(presenter.activity.notice?.text == .invalidInput)

        // The passkey itself is the proof; the sheet of the system is all that is shown.
        let ceremonies = await world.phone.passkeys.ceremonies
        await presenter.delete(passkey)
        #expect(presenter.passkeys.isEmpty && presenter.activity.notice == nil)
        #expect(await world.phone.passkeys.ceremonies == ceremonies + 1)
    }

    @Test func offline() async throws {
        let world = try await World()
        try await world.signIn()
        try await world.disconnect("GET", "users/passkeys")
        let presenter = PasskeysPresenter(world.app.services)
        await presenter.load()
        #expect(presenter.activity.notice?.text == .offline)
        try await world.sandbox.clearFaults()
        await presenter.load()
        #expect(presenter.passkeys.isEmpty && presenter.activity.notice == nil)
    }

    @Test func theUserDeclines() async throws {
        let world = try await World()
        try await world.signIn()
        await world.phone.passkeys.set(.fails(PlatformError.Cancelled))
        let presenter = PasskeysPresenter(world.app.services)
        try await world.proving { await presenter.register() }
        #expect(presenter.passkeys.isEmpty && presenter.activity.notice == nil)
    }
}
