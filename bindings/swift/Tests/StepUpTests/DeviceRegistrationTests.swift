import Foundation
import StepUp
import Testing

private let awaitingLink = DeviceRegistrationStatus.awaitingLink(maskedEmail: "a•••@example.com")

extension AllTests {
    /// Every call of `deviceRegistration`, with a good and a bad input.
    @Suite struct DeviceRegistrationTests {
        @Test func aSecondDeviceIsRegisteredByTheLink() async throws {
            let (phone, tablet) = try await devices()
            let deviceRegistration = tablet.client.deviceRegistration
            let listener = TestListener()
            let subscription = try deviceRegistration.subscribe(listener: listener)
            #expect(!deviceRegistration.isRequired() && deviceRegistration.status() == .notRequired)
            #expect(try await tablet.signIn().duties == [.registerDevice])
            #expect(deviceRegistration.isRequired() && deviceRegistration.status() == awaitingLink)
            #expect(try await deviceRegistration.list().isEmpty, "only a registered device is told")
            try await eventually("the listener knows") { await listener.statuses.last == awaitingLink }

            let link = try await phone.sandbox.registrationLink(for: ada)
            #expect(deviceRegistration.isRegistrationLink(url: link))
            #expect(!deviceRegistration.isRegistrationLink(url: "http://localhost/other"))
            #expect(try await deviceRegistration.complete(link: link).duties.isEmpty)
            #expect(!deviceRegistration.isRequired())
            try await eventually("the listener knows") { await listener.statuses.last == .notRequired }
            #expect(await listener.statuses == [.notRequired, awaitingLink, .notRequired])

            let list = try await deviceRegistration.list()
            #expect(list.map(\.isCurrent) == [true, false])
            #expect(list.map(\.name) == Array(repeating: "Pixel 9 (Android 16)", count: 2))
            #expect(list.map(\.kind) == [.mobile, .mobile])
            subscription.cancel()
        }

        @Test func aLinkThatIsOfNoUseSaysWhy() async throws {
            let (phone, tablet) = try await devices()
            let deviceRegistration = tablet.client.deviceRegistration
            try await tablet.signIn()
            let link = try await phone.sandbox.registrationLink(for: ada)
            let foreign = link.replacingOccurrences(of: "http://localhost", with: "https://other.example")
            let local: [(String, LinkRefusal)] = [
                ("", .malformed), ("no link", .malformed), (foreign, .foreign),
            ]
            let requests = try await phone.sandbox.requests().count
            for (link, reason) in local {
                let refused = await error { try await deviceRegistration.complete(link: link) }
                #expect(refused == .InvalidRegistrationLink(reason: reason, answer: nil))
                #expect(refused?.kind() == .requestNewLink)
            }
            #expect(try await phone.sandbox.requests().count == requests)

            _ = try await phone.sandbox.advanceClock(seconds: 16 * 60)
            let late = await error { try await deviceRegistration.complete(link: link) }
            guard case .InvalidRegistrationLink(.expired, .some) = late else {
                Issue.record("\(String(describing: late))")
                return
            }
            #expect(deviceRegistration.isRequired())
        }

        @Test func aRevokedDeviceIsSignedOut() async throws {
            let (phone, tablet) = try await devices()
            try await tablet.signIn()
            let deviceRegistration = tablet.client.deviceRegistration
            _ = try await deviceRegistration.complete(link: phone.sandbox.registrationLink(for: ada))
            let noId = await error { try await deviceRegistration.revoke(id: "") }
            #expect(noId?.argument == "id")
            let unknown = await error {
                try await deviceRegistration.revoke(id: "7d444840-9dc0-11d1-b245-5ffdce74fad2")
            }
            #expect(unknown?.serverAnswer()?.status == 404)

            let other = try #require(try await deviceRegistration.list().first { !$0.isCurrent })
            #expect(try await !deviceRegistration.revoke(id: other.id))
            let ended = await error { try await phone.client.deviceRegistration.list() }
            #expect(ended?.kind() == .signInAgain)
            let own = try #require(try await deviceRegistration.list().first)
            #expect(try await deviceRegistration.revoke(id: own.id))
            #expect(try await tablet.client.auth.session() == nil)
            #expect(await tablet.storage.records.isEmpty)
        }

        @Test func allDevicesAreRevokedAtOnce() async throws {
            let (phone, _) = try await devices()
            let deviceRegistration = phone.client.deviceRegistration
            try await phone.sandbox.fault("DELETE", "deviceRegistrations", #""status":500,"count":1"#)
            let failed = await error { try await deviceRegistration.revokeAll() }
            #expect(failed?.kind() == .retryLater)
            #expect(try await phone.client.auth.session() != nil)
            try await deviceRegistration.revokeAll()
            #expect(try await phone.client.auth.session() == nil)
            #expect(await error { try await deviceRegistration.revokeAll() }?.kind() == .signInAgain)
        }

        @Test func aListenerThatMisbehavesMissesThatStatusOnly() async throws {
            let (_, tablet) = try await devices(deadlines: World.shortDeadlines)
            let (listener, thrown, gate) = (TestListener(), HostError(), Gate())
            await listener.set(.fails(thrown))
            let subscription = try tablet.client.deviceRegistration.subscribe(listener: listener)
            try await eventually("the first status is told") { await listener.statuses.count == 1 }
            await listener.set(.waits(gate))
            try await tablet.signIn()
            try await eventually("the second is told") { await listener.statuses.count == 2 }
            await listener.set(.works)
            try await tablet.client.auth.logout()
            try await eventually("the third is told") { await listener.statuses.last == .notRequired }
            #expect(await listener.statuses == [.notRequired, awaitingLink, .notRequired])
            #expect(!thrown.wasRead)
            await gate.open()
            subscription.cancel()
        }

        @Test func aSubscriptionEndsWhenItIsCancelledOrLetGo() async throws {
            let (_, tablet) = try await devices()
            let deviceRegistration = tablet.client.deviceRegistration
            let (cancelled, dropped, kept) = (TestListener(), TestListener(), TestListener())
            let first = try deviceRegistration.subscribe(listener: cancelled)
            _ = try deviceRegistration.subscribe(listener: dropped)
            let last = try deviceRegistration.subscribe(listener: kept)
            try await eventually("they are told") {
                let (one, other) = await (cancelled.statuses, kept.statuses)
                return one.count == 1 && other.count == 1
            }
            first.cancel()
            first.cancel()
            try await tablet.signIn()
            try await eventually("the last is told") { await kept.statuses.last == awaitingLink }
            #expect(await cancelled.statuses == [.notRequired])
            #expect(await !dropped.statuses.contains(awaitingLink))
            tablet.client.shutdown()
            let closed = await error { try deviceRegistration.subscribe(listener: kept) }
            #expect(closed == .ClientClosed)
            last.cancel()
        }

        /// A phone that is registered, signed in, and a tablet of the same user that is not.
        private func devices(deadlines: Deadlines = Deadlines()) async throws -> (World, World) {
            let phone = try await World(policy: #"{"deviceRegistration":true}"#)
            #expect(try await phone.signIn().duties.isEmpty)
            return (phone, try World(on: phone.sandbox, phone: "tablet", deadlines: deadlines))
        }
    }
}
