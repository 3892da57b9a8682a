import StepUp
import Testing

private let export = TokenScope.walletExport

extension AllTests {
    /// Session, duties, elevations, the state of step-ups and device registration as sequences.
    @Suite(.timeLimit(.minutes(1))) struct StreamTests {
        @Test func sessions() async throws {
            let world = try await World()
            let (auth, reader) = (world.client.auth, Reader<Session?>())
            reader.read(try auth.sessions())
            try await eventually("nobody is signed in") { await reader.values == [nil] }
            let session = try await world.signIn()
            try await eventually("the sign-in") { await reader.values == [nil, session] }
            try await auth.logout()
            try await eventually("the end") { await reader.values == [nil, session, nil] }
            world.client.shutdown()
            try await eventually("no more sessions") { await reader.hasEnded }
        }

        /// A session that is renewed is another one; its duties are the same and are not told again.
        @Test func duties() async throws {
            let phone = try await World(policy: #"{"deviceRegistration":true}"#)
            try await phone.signIn()
            let tablet = try World(on: phone.sandbox, phone: "tablet")
            let (auth, duties, sessions) = (
                tablet.client.auth, Reader<[OnboardingDuty]>(), Reader<Session?>()
            )
            duties.read(try auth.duties())
            sessions.read(try auth.sessions())
            try await tablet.signIn()
            try await eventually("the duty") { await duties.values.last == [.registerDevice] }
            _ = try await phone.sandbox.advanceClock(seconds: 60)
            let renewed = try await auth.refresh()
            try await eventually("the renewal") { await sessions.values.last == renewed }
            let link = try await phone.sandbox.registrationLink(for: ada)
            _ = try await tablet.client.deviceRegistration.complete(link: link)
            try await eventually("it is done") { await duties.values == [[], [.registerDevice], []] }
            tablet.client.shutdown()
            try await eventually("no more duties") { await duties.hasEnded }
        }

        @Test func elevations() async throws {
            let world = try await World()
            try await world.signIn()
            let (stepUp, reader) = (world.client.stepUp, Reader<[Elevation]>())
            reader.read(try stepUp.elevationUpdates())
            try await eventually("nothing is held") { await reader.values == [[]] }
            let elevation = try await world.verifyByEmail([export])
            try await eventually("it is granted") { await reader.values == [[], [elevation]] }
            _ = try await stepUp.takeElevatedAccessToken(scope: export)
            try await eventually("it is spent") { await reader.values == [[], [elevation], []] }
            world.client.shutdown()
            try await eventually("no more elevations") { await reader.hasEnded }
        }

        @Test func statesOfStepUps() async throws {
            let world = try await World()
            try await world.signIn()
            let (stepUp, reader) = (world.client.stepUp, Reader<StepUpState>())
            reader.read(try stepUp.states())
            let nothing = StepUpState(isLoading: false, error: nil, pendingCode: nil)
            try await eventually("nothing is under way") { await reader.values == [nothing] }
            let sent = try await stepUp.sendOtp()
            let awaited = StepUpState(isLoading: false, error: nil, pendingCode: sent)
            try await eventually("the code") { await reader.values.last == awaited }
            world.client.shutdown()
            try await eventually("no more states") { await reader.hasEnded }
        }

        @Test func statusesOfDeviceRegistration() async throws {
            let phone = try await World(policy: #"{"deviceRegistration":true}"#)
            try await phone.signIn()
            let tablet = try World(on: phone.sandbox, phone: "tablet")
            let (registration, reader) = (
                tablet.client.deviceRegistration, Reader<DeviceRegistrationStatus>()
            )
            reader.read(try registration.statuses())
            try await eventually("nothing is known") { await reader.values == [.notRequired] }
            try await tablet.signIn()
            try await eventually("it is required") { await reader.values.last == registration.status() }
            #expect(registration.isRequired())
            _ = try await registration.complete(link: phone.sandbox.registrationLink(for: ada))
            try await eventually("it is done") { await reader.values.last == .notRequired }
            #expect(await reader.values.count == 3)
            tablet.client.shutdown()
            try await eventually("no more statuses") { await reader.hasEnded }
        }

        @Test func everyReaderHasItsOwn() async throws {
            let world = try await World()
            let readers = (0..<3).map { _ in Reader<Session?>() }
            let tasks = try readers.map { $0.read(try world.client.auth.sessions()) }
            for reader in readers {
                try await eventually("nobody is signed in") { await reader.values == [nil] }
            }
            tasks[0].cancel()
            try await eventually("the first has ended") { await readers[0].hasEnded }
            let session = try await world.signIn()
            for reader in readers.dropFirst() {
                try await eventually("the sign-in") { await reader.values == [nil, session] }
            }
            #expect(await readers[0].values == [nil])
        }

        @Test func whoIsSlowFindsTheLatest() async throws {
            let world = try await World()
            let (auth, prompt) = (world.client.auth, Reader<Session?>())
            var slow = try auth.sessions().makeAsyncIterator()
            prompt.read(try auth.sessions())
            for address in ["first@example.com", "second@example.com", "third@example.com"] {
                let session = try await world.signIn(as: address)
                try await eventually("the sign-in") { await prompt.values.last == session }
            }
            // Both are told each time, in no particular order: the third may not have come yet.
            var (found, read) = (await slow.next(), 1)
            while found??.user.email != "third@example.com" {
                (found, read) = (await slow.next(), read + 1)
            }
            #expect(read <= 2)
        }

        /// What a stream held is let go with it, though nobody has read it.
        @Test func aStreamThatIsNotReadHoldsNothing() async throws {
            let world = try await World()
            weak var client: StepUpClient?
            do {
                let another = try World(on: world.sandbox, phone: "another")
                client = another.client
                _ = try another.client.auth.sessions()
                try await another.signIn()
            }
            #expect(client == nil)
            // Its identity is free again, so nothing of it lives.
            _ = try World(on: world.sandbox, phone: "another")
        }
    }
}
