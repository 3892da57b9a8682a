import StepUp
import StepUpTesting
import Testing

@testable import Presenters

/// The screens for devices: confirming this one, and the list of all.
@Suite(.timeLimit(.minutes(2))) @MainActor struct DeviceTests {
    @Test func aLinkIsOpenedAndOpenedAgain() async throws {
        let (_, tablet) = try await devices()
        let confirmation = tablet.app.deviceConfirmation
        #expect(confirmation.isRequired)
        try await eventually("it says where") { confirmation.destination == "a•••@example.com" }
        let link = try await tablet.sandbox.registrationLink(for: ada)
        await tablet.app.open(link)
        try await tablet.isShown(.home)
        #expect(tablet.app.opened.notice?.text == .deviceConfirmed)
        try await eventually("nothing is awaited") { confirmation.destination == nil }

        await tablet.app.open(link)
        #expect(tablet.app.opened.notice?.text == .linkUsed && tablet.app.screen == .home)
        tablet.app.dismissNotice()
        #expect(tablet.app.opened.notice == nil)
    }

    @Test func aLinkThatLeadsElsewhereIsNotTaken() async throws {
        let (_, tablet) = try await devices()
        let link = try await tablet.sandbox.registrationLink(for: ada)
        let requests = try await tablet.sandbox.requests().count
        await tablet.app.open(
            link.replacingOccurrences(of: "http://localhost", with: "https://other.example"))
        #expect(tablet.app.screen == .confirmDevice)
        #expect(try await tablet.sandbox.requests().count == requests)
    }

    @Test func aLinkThatIsTooOldOrOfAnotherUser() async throws {
        let (_, tablet) = try await devices()
        let link = try await tablet.sandbox.registrationLink(for: ada)
        _ = try await tablet.sandbox.advanceClock(seconds: 16 * 60)
        await tablet.app.open(link)
        #expect(tablet.app.opened.notice?.text == .linkExpired && tablet.app.screen == .confirmDevice)

        let third = try World(on: TestPhone(sandbox: tablet.sandbox, name: "third"))
        try await third.signIn(as: "grace@example.com")
        await third.app.home.signOut()
        let fourth = try World(on: TestPhone(sandbox: tablet.sandbox, name: "fourth"))
        try await fourth.signIn(as: "grace@example.com")
        await tablet.app.open(try await tablet.sandbox.registrationLink(for: "grace@example.com"))
        #expect(tablet.app.opened.notice?.text == .linkOfAnotherUser)
        #expect(tablet.app.screen == .confirmDevice)
    }

    @Test func theUserStartsOver() async throws {
        let (_, tablet) = try await devices()
        await tablet.app.deviceConfirmation.startOver()
        try await tablet.isShown(.signIn)
        // A link signs nobody in.
        await tablet.app.open(try await tablet.sandbox.registrationLink(for: ada))
        #expect(tablet.app.opened.notice?.text == .notSignedIn)
        #expect(tablet.app.screen == .signIn)
    }

    @Test func offline() async throws {
        let (_, tablet) = try await devices()
        let link = try await tablet.sandbox.registrationLink(for: ada)
        try await tablet.disconnect("POST", "deviceRegistration")
        await tablet.app.open(link)
        #expect(tablet.app.opened.notice?.text == .offline)
        try await tablet.sandbox.clearFaults()
        await tablet.app.open(link)
        try await tablet.isShown(.home)
    }

    @Test func devicesAreListedAndRevoked() async throws {
        let (phone, tablet) = try await devices()
        await tablet.app.open(try await tablet.sandbox.registrationLink(for: ada))
        let presenter = TrustedDevicesPresenter(tablet.app.services)
        await presenter.load()
        #expect(presenter.devices.map(\.isCurrent) == [true, false])

        let other = try #require(presenter.devices.last)
        presenter.ask(.one(other))
        let removal = try #require(presenter.removal)
        #expect(removal == .one(other) && !removal.signsOut && presenter.isAsking)
        presenter.isAsking = false
        #expect(presenter.removal == nil)
        presenter.ask(removal)
        await presenter.confirm(removal)
        #expect(presenter.devices.map(\.isCurrent) == [true] && presenter.removal == nil)
        await phone.app.home.exportKey()
        try await phone.isShown(.signIn)

        let own = TrustedDevicesPresenter.Removal.one(try #require(presenter.devices.first))
        #expect(own.signsOut)
        await presenter.confirm(own)
        try await tablet.isSignedOut()
        // The user wanted it.
        #expect(tablet.app.signIn.activity.notice == nil && presenter.devices.isEmpty)
    }

    @Test func allDevicesAreRevoked() async throws {
        let (phone, _) = try await devices()
        let presenter = TrustedDevicesPresenter(phone.app.services)
        await presenter.load()
        #expect(TrustedDevicesPresenter.Removal.all.signsOut)
        try await phone.disconnect("DELETE", "deviceRegistrations")
        await presenter.confirm(.all)
        #expect(presenter.activity.notice?.text == .offline && phone.app.screen == .home)
        try await phone.sandbox.clearFaults()
        await presenter.confirm(.all)
        try await phone.isSignedOut()
        #expect(phone.app.signIn.activity.notice == nil)
    }

    @Test(arguments: [true, false]) func theSessionEndsLater(isRevocationRefused: Bool) async throws {
        let (phone, tablet) = try await devices()
        await tablet.app.open(try await tablet.sandbox.registrationLink(for: ada))
        let presenter = TrustedDevicesPresenter(phone.app.services)
        await presenter.load()
        let other = try #require(presenter.devices.last)
        #expect(!other.isCurrent)
        if isRevocationRefused { try await phone.disconnect("DELETE", "deviceRegistrations") }
        await presenter.confirm(isRevocationRefused ? .all : .one(other))
        #expect(phone.app.screen == .home)
        // Neither a failure nor the other device's end is this one's.
        try await phone.app.services.client.auth.logout()
        try await phone.isSignedOut()
        #expect(phone.app.signIn.activity.notice?.text == .sessionEnded)
    }

    /// A phone that is registered, and a tablet of the same user that is not; both are signed in.
    private func devices() async throws -> (World, World) {
        let phone = try await World(policy: #"{"deviceRegistration":true}"#)
        try await phone.signIn()
        #expect(phone.app.screen == .home)
        let tablet = try World(on: TestPhone(sandbox: phone.sandbox, name: "tablet"))
        try await tablet.signIn()
        try await tablet.isShown(.confirmDevice)
        return (phone, tablet)
    }
}
