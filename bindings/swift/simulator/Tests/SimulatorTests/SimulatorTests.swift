import Foundation
import StepUp
import StepUpApple
import StepUpTesting
import Testing

/// The main job, in the process of an app.
@Suite struct SimulatorTests {
    private let sandbox: Sandbox

    init() throws {
        let environment = ProcessInfo.processInfo.environment
        let url = try #require(environment["STEPUP_SANDBOX_URL"], "see .github/simulator.sh")
        let id = try #require(environment["STEPUP_SANDBOX_ENVIRONMENT"], "see .github/simulator.sh")
        sandbox = Sandbox(runningAt: url, environmentId: id)
    }

    @Test func aGuardedCallIsRefusedUntilTheUserHasProvedWhoTheyAre() async throws {
        let (phone, client, email) = try await signedIn()
        await #expect(throws: StepUpError.self) { try await guardedCall(by: client) }
        let check = try await client.stepUp.check(scope: TokenScope.walletExport)
        let credential = try #require(check.credentials.first)
        let sent = try await client.stepUp.sendOtp(credentialId: credential.id)
        _ = try await client.stepUp.verifyOtp(
            code: phone.sandbox.code(for: email), scopes: [TokenScope.walletExport],
            verificationId: sent.id)
        #expect(try await guardedCall(by: client) == 200)
    }

    @Test func theSessionOutlivesTheClient() async throws {
        let (phone, client, email) = try await signedIn()
        client.shutdown()
        let restarted = try phone.client()
        #expect(try await restarted.auth.session()?.user.email == email)
    }

    /// A test without an app of its own has no keychain: the client is made, and not used.
    @Test func aProcessHasOneClientWithTheSystemsCallbacks() throws {
        let config = ClientConfig(
            environmentId: sandbox.environmentId, baseUrl: sandbox.baseUrl,
            storageNamespace: UUID().uuidString.lowercased(), allowInsecureLoopback: true)
        let client = try StepUp.apple(config)
        #expect(try StepUp.apple(config) === client)
        client.shutdown()
    }

    /// Somebody who has never been there, on a phone of their own.
    private func signedIn() async throws -> (TestPhone, StepUpClient, email: String) {
        let name = UUID().uuidString.lowercased()
        let phone = TestPhone(sandbox: sandbox, name: name)
        let client = try phone.client()
        let email = "\(name)@example.com"
        _ = try await client.auth.sendEmailOtp(email: email)
        _ = try await client.auth.signInWithOtp(code: sandbox.code(for: email))
        return (phone, client, email)
    }

    /// Status of a call that the sandbox guards.
    private func guardedCall(by client: StepUpClient) async throws -> Int {
        let headers = try await client.stepUp.authorizationHeaders(scope: TokenScope.walletExport)
        let answer = try await sandbox.control(
            "POST", "protected", #"{"scope":"wallet:export"}"#, headers: headers.map { ($0.name, $0.value) })
        return answer.status
    }
}
