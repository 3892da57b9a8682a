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
    }
}
