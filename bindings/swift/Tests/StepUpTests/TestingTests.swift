import Foundation
import StepUp
import StepUpTesting
import Testing

extension AllTests {
    /// What `StepUpTesting` gives to the tests and previews of apps.
    @Suite struct TestingTests {
        @Test func aPhoneKeepsItsSessionOverARestartOfTheApp() async throws {
            let phone = TestPhone(sandbox: try Sandbox())
            let client = try phone.client()
            try await signIn(client, on: phone)
            client.shutdown()
            let restarted = try phone.client()
            #expect(try await restarted.auth.session()?.user.email == ada)
        }

        @Test func aSandboxThatRunsAlreadyIsJoined() async throws {
            let owner = try Sandbox()
            let joined = Sandbox(runningAt: owner.url, environmentId: owner.environmentId)
            #expect(joined.baseUrl == owner.baseUrl)
            let phone = TestPhone(sandbox: joined)
            try await signIn(phone.client(), on: phone)
        }

        @Test func aProgramThatIsNotThereIsAnError() {
            #expect(throws: (any Error).self) { try Sandbox(program: "/no/such/program") }
        }

        @Test func aProgramThatEndsAtOnceIsAFailure() {
            #expect(throws: Sandbox.Failure.self) { try Sandbox(program: "/usr/bin/true") }
        }

        @Test func thereIsASampleOfEveryPicture() {
            #expect(Set(Samples.flowStates.map(\.name)).count == 13)
            #expect(Samples.flowStates.filter(\.isFinal).map(\.name) == ["granted", "cancelled", "failed"])
        }

        @Test @MainActor func aModelShowsASampleWithoutAClient() {
            for state in Samples.flowStates {
                #expect(StepUpFlowModel.sample(state).state == state)
            }
            let session = SessionModel.sample(session: Samples.sessionOnNewDevice)
            #expect(session.session?.duties == [.registerDevice] && session.isKnown)
            #expect(SessionModel.sample().session?.user.firstName == "Ada")
            let starting = SessionModel.sample(
                session: nil, isKnown: false, deviceRegistration: .noEmailAddress)
            #expect(starting.session == nil && !starting.isKnown)
            #expect(starting.deviceRegistration == .noEmailAddress)
            let stepUp = StepUpModel.sample()
            #expect(stepUp.elevations == [Samples.elevation] && !stepUp.state.isLoading)
        }

        @Test @MainActor func tapsOnASampleLeadNowhere() {
            let model = StepUpFlowModel.sample(Samples.choosing)
            model.select(Samples.email)
            model.submit(code: "123456")
            model.submitCaptcha(token: "solved")
            model.submitExternalJwt(jwt: "jwt")
            model.resend()
            model.retry()
            model.back()
            model.flow.leave()
            model.cancel()
            #expect(model.state == Samples.choosing && model.flow.scopes() == [TokenScope.walletExport])
        }

        @Test(.timeLimit(.minutes(1))) func aSampleOfAFlowIsFollowedLikeAFlow() async throws {
            let ended = try StepUpFlow.sample(Samples.granted).states()
            var told: [StepUpFlowState] = []
            for await state in ended { told.append(state) }
            #expect(told == [Samples.granted])
            // One that has not ended is followed until the screen goes.
            let (states, state) = AsyncStream.makeStream(of: StepUpFlowState.self)
            let following = Task {
                for await shown in try StepUpFlow.sample(Samples.choosing).states() { state.yield(shown) }
                state.finish()
            }
            var shown = states.makeAsyncIterator()
            #expect(await shown.next() == Samples.choosing)
            following.cancel()
            #expect(await shown.next() == nil)
            try await following.value
        }
    }
}

private func signIn(_ client: StepUpClient, on phone: TestPhone) async throws {
    _ = try await client.auth.sendEmailOtp(email: ada)
    _ = try await client.auth.signInWithOtp(code: phone.sandbox.code(for: ada))
}
