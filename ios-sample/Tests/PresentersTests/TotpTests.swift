import Foundation
import StepUp
import StepUpTesting
import Testing

@testable import Presenters

/// The screen for the authenticator app.
@Suite(.timeLimit(.minutes(2))) @MainActor struct TotpTests {
    @Test func oneIsAddedAndRemoved() async throws {
        let world = try await World()
        try await world.signIn()
        let totp = TotpPresenter(world.app.services)
        await totp.load()
        #expect(totp.factor == nil && totp.activity.notice == nil)
        try await world.proving { await totp.enroll() }
        let enrollment = try #require(totp.enrollment)
        #expect(enrollment.qrCode.modules.count == Int(enrollment.qrCode.size * enrollment.qrCode.size))
        #expect(enrollment.uri.hasPrefix("otpauth://totp/") && enrollment.uri.contains(enrollment.secret))

        totp.code = "12"
        await totp.confirm()
        #expect(totp.activity.notice?.text == .codeMalformed && totp.code.isEmpty)
        let app = AuthenticatorApp(enrollment)
        let now = try await world.sandbox.advanceClock(seconds: 0)
        totp.code = app.code(at: now + 180)
        await totp.confirm()
        #expect(totp.activity.notice?.text == .clockWrong && totp.enrollment != nil)
        totp.code = app.code(at: now)
        await totp.confirm()
        #expect(totp.activity.notice?.text == .enrolled && totp.enrollment == nil)
        #expect(totp.factor?.kind == .totp)

        async let removed: Void = totp.remove()
        try await world.type { try await world.code(of: app) }
        await removed
        #expect(totp.factor == nil && totp.activity.notice == nil)
    }

    @Test func theUserDoesNotWantItNow() async throws {
        let world = try await World()
        try await world.signIn()
        let totp = TotpPresenter(world.app.services)
        async let refused: Void = totp.enroll()
        try await world.sheet().cancel()
        await refused
        #expect(totp.enrollment == nil && totp.activity.notice == nil)
        try await world.proving { await totp.enroll() }
        totp.code = "1"
        totp.cancel()
        #expect(totp.enrollment == nil && totp.code.isEmpty)
    }

    @Test func offline() async throws {
        let world = try await World()
        try await world.signIn()
        try await world.disconnect("GET", "users/mfa/methods")
        let totp = TotpPresenter(world.app.services)
        await totp.load()
        #expect(totp.activity.notice?.text == .offline)
    }
}
