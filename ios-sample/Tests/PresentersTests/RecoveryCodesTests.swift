import StepUp
import StepUpTesting
import Testing

@testable import Presenters

/// The screen for the recovery codes.
@Suite(.timeLimit(.minutes(2))) @MainActor struct RecoveryCodesTests {
    @Test func theyAreShownUntilTheUserHasThem() async throws {
        let world = try await World()
        try await world.signIn()
        try await world.registerPasskey()
        let presenter = RecoveryCodesPresenter(world.app.services)
        await presenter.load()
        let codes = presenter.shown
        #expect(codes.count == 10 && !presenter.areAcknowledged)
        await presenter.acknowledge()
        #expect(!presenter.areAcknowledged, "the user has not said so")
        presenter.isSaved = true
        await presenter.acknowledge()
        #expect(presenter.areAcknowledged && presenter.shown.isEmpty && presenter.activity.notice == nil)

        let later = RecoveryCodesPresenter(world.app.services)
        await later.load()
        #expect(later.areAcknowledged && later.shown.isEmpty && later.activity.notice == nil)
        await later.regenerate()
        #expect(later.shown.count == 10 && later.shown != codes && !later.areAcknowledged)
        later.leave()
        #expect(later.shown.isEmpty)
    }

    @Test func theyAreADuty() async throws {
        let world = try await World()
        try await world.signIn()
        try await world.registerPasskey()
        let presenter = RecoveryCodesPresenter(world.app.services)
        await presenter.load()
        _ = try await world.app.services.client.auth.refresh()
        try await eventually("it is to be done") {
            world.app.home.duties.map(\.title) == [.dutyRecoveryCodes]
        }
        presenter.isSaved = true
        await presenter.acknowledge()
        try await eventually("it is done") { world.app.home.duties.isEmpty }
    }

    @Test func offline() async throws {
        let world = try await World()
        try await world.signIn()
        try await world.disconnect("GET", "users/mfa/recovery")
        let presenter = RecoveryCodesPresenter(world.app.services)
        await presenter.load()
        #expect(presenter.activity.notice?.text == .offline && presenter.shown.isEmpty)
    }
}
