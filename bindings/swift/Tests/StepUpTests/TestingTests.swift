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
            let shown = Set(Samples.flowStates.map(\.name))
            let others: Set = ["captchaNeeded", "awaitingBrowser", "awaitingExternalJwt"]
            #expect(shown.isDisjoint(with: others) && shown.count + others.count == 13)
            #expect(Samples.flowStates.filter(\.isFinal).map(\.name) == ["granted", "cancelled", "failed"])
        }
    }
}

private func signIn(_ client: StepUpClient, on phone: TestPhone) async throws {
    _ = try await client.auth.sendEmailOtp(email: ada)
    _ = try await client.auth.signInWithOtp(code: phone.sandbox.code(for: ada))
}
