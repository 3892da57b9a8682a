import Foundation
import StepUp
import Testing

extension AllTests {
    /// Session, elevations and the state of step-ups, observed.
    @Suite struct ObservationTests {
        private let nothing = StepUpState(isLoading: false, error: nil, pendingCode: nil)

        @Test func theSessionIsTold() async throws {
            let world = try await World()
            let listener = TestSessionListener()
            let auth = world.client.auth
            let subscription = try auth.subscribe(listener: listener)
            try await eventually("nobody is signed in") { await listener.sessions == [nil] }
            let session = try await world.signIn()
            try await eventually("the sign-in is told") { await listener.sessions == [nil, session] }
            try await auth.logout()
            try await eventually("the end is told") { await listener.sessions == [nil, session, nil] }
            subscription.cancel()
        }

        @Test func dutiesAreTold() async throws {
            let phone = try await World(policy: #"{"deviceRegistration":true}"#)
            try await phone.signIn()
            let tablet = try World(on: phone.sandbox, phone: "tablet")
            let listener = TestSessionListener()
            let subscription = try tablet.client.auth.subscribe(listener: listener)
            try await eventually("nobody is signed in") { await listener.sessions == [nil] }
            try await tablet.signIn()
            try await eventually("the duty is told") {
                await listener.sessions.last??.duties == [.registerDevice]
            }
            let link = try await phone.sandbox.registrationLink(for: ada)
            _ = try await tablet.client.deviceRegistration.complete(link: link)
            try await eventually("it is done") { await listener.sessions.last??.duties == [] }
            subscription.cancel()
        }

        @Test func aSessionThatRunsOutIsTold() async throws {
            let world = try await World(policy: #"{"jwtLifeSeconds":600}"#)
            let listener = TestSessionListener()
            let subscription = try world.client.auth.subscribe(listener: listener)
            let session = try await world.signIn()
            try await eventually("it is told") { await listener.sessions.last == session }
            try await moveClock(of: world, by: 601)
            try await eventually("its end is told") { await listener.sessions.last == .some(nil) }
            #expect(try await world.client.auth.session() == nil)
            subscription.cancel()
        }

        @Test func anElevationThatRunsOutIsTold() async throws {
            let world = try await World()
            try await world.signIn()
            let (stepUp, listener) = (world.client.stepUp, TestElevationListener())
            let subscription = try stepUp.subscribeElevations(listener: listener)
            let (short, long) = (TokenScope.walletExport, TokenScope.credentialUnlink)
            _ = try await world.stepUp(by: world.reader(of: ada), scopes: [short])
            _ = try await world.stepUp(by: world.reader(of: ada), scopes: [long])
            try await eventually("both are told") { await listener.told.last?.count == 2 }
            let (first, second) = (stepUp.elevation(scope: short), stepUp.elevation(scope: long))
            #expect(try #require(first?.expiresAt) < #require(second?.expiresAt))
            try await moveClock(of: world, by: 301)
            try await eventually("the first has run out") {
                await listener.told.last?.map(\.scopes) == [[long]]
            }
            try await moveClock(of: world, by: 301)
            try await eventually("nothing is left") { await listener.told.last == [] }
            #expect(stepUp.elevation(scope: long) == nil)
            subscription.cancel()
        }

        @Test func elevationsAreTold() async throws {
            let world = try await World()
            try await world.signIn()
            let (stepUp, listener) = (world.client.stepUp, TestElevationListener())
            let subscription = try stepUp.subscribeElevations(listener: listener)
            try await eventually("nothing is held") { await listener.told == [[]] }
            _ = try await stepUp.sendOtp()
            let elevation = try await stepUp.verifyOtp(
                code: try await world.sandbox.code(for: ada), scopes: [TokenScope.walletExport])
            #expect(stepUp.elevations() == [elevation])
            try await eventually("it is told") { await listener.told == [[], [elevation]] }
            _ = try await stepUp.takeElevatedAccessToken(scope: TokenScope.walletExport)
            try await eventually("it is spent") { await listener.told == [[], [elevation], []] }
            subscription.cancel()
        }

        @Test func theStateOfStepUpsIsTold() async throws {
            let world = try await World()
            try await world.signIn()
            let (stepUp, listener) = (world.client.stepUp, TestStepUpStateListener())
            let subscription = try stepUp.subscribe(listener: listener)
            try await eventually("nothing is under way") { await listener.states == [nothing] }
            let sent = try await stepUp.sendOtp()
            let awaited = StepUpState(isLoading: false, error: nil, pendingCode: sent)
            #expect(stepUp.state() == awaited)
            try await eventually("the code is told") { await listener.states.last == awaited }
            let refused = await error {
                try await stepUp.verifyOtp(code: "12345", scopes: [TokenScope.walletExport])
            }
            #expect(stepUp.state().error == refused)
            stepUp.reset()
            #expect(stepUp.state() == nothing)
            try await eventually("the reset is told") { await listener.states.last == nothing }
            subscription.cancel()
        }

        @Test(arguments: ["fails", "hangs", "calls"]) func listenersMayMisbehave(how: String) async throws {
            let world = try await World(deadlines: World.shortDeadlines)
            let (client, thrown, gate) = (world.client, HostError(), Gate())
            let (sessions, elevations) = (TestSessionListener(), TestElevationListener())
            let (states, flows) = (TestStepUpStateListener(), TestFlowListener())
            let behaviours: [String: Behaviour] = [
                "fails": .fails(thrown), "hangs": .waits(gate),
                "calls": .calls { _ = (client.stepUp.state(), client.stepUp.reset()) },
            ]
            let behaviour = try #require(behaviours[how])
            await sessions.set(behaviour)
            await elevations.set(behaviour)
            await states.set(behaviour)
            await flows.set(behaviour)
            let subscriptions = [
                try client.auth.subscribe(listener: sessions),
                try client.stepUp.subscribeElevations(listener: elevations),
                try client.stepUp.subscribe(listener: states),
            ]
            let session = try await world.signIn()
            let flow = try client.stepUp.start(scopes: [TokenScope.walletExport])
            let subscription = try flow.subscribe(listener: flows)
            try await show(flow) { try await world.reader(of: ada).act(on: $0, of: flow) }

            try await eventually("the session is told") {
                await sessions.sessions.last??.user.id == session.user.id
            }
            try await eventually("the elevation is told") { await elevations.told.last?.count == 1 }
            // What came and went while the listener hung is left out.
            try await eventually("the end is told") {
                await states.states.last == client.stepUp.state()
            }
            try await eventually("the flow's end is told") { await flows.states.last == flow.state() }
            #expect(flow.state().elevations?.count == 1 && !thrown.wasRead)
            await gate.open()
            (subscriptions + [subscription]).forEach { $0.cancel() }
            #expect(try await world.callBackend(TokenScope.walletExport) == 200)
        }

        /// A screen that acts inside of the very call that tells it.
        @Test func aListenerMayLeadTheFlow() async throws {
            let world = try await World()
            try await world.signIn()
            let flow = try world.client.stepUp.start(scopes: [TokenScope.walletExport], autoSelect: false)
            let (listener, person) = (TestFlowListener(), world.reader(of: ada))
            await listener.set(.calls { try? await person.act(on: flow.state(), of: flow) })
            let subscription = try flow.subscribe(listener: listener)
            try await eventually("the end is told") { await listener.states.last?.isFinal == true }
            #expect(flow.state().elevations?.count == 1)
            subscription.cancel()
        }

        /// The client learns the time with the next answer.
        private func moveClock(of world: World, by seconds: Int) async throws {
            _ = try await world.sandbox.advanceClock(seconds: seconds)
            _ = try? await world.client.mfa.methods()
        }
    }
}
