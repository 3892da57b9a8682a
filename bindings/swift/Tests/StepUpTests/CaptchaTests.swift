import StepUp
import Testing

extension AllTests {
    /// Environments that ask for a captcha.
    @Suite struct CaptchaTests {
        private static let policy = #"{"captcha":{"provider":"hcaptcha","siteKey":"key"}}"#

        @Test func oneIsSolvedBeforeACodeIsSent() async throws {
            let world = try await World(policy: Self.policy)
            try await world.signIn()
            let challenge = CaptchaChallenge(provider: "hcaptcha", siteKey: "key")
            #expect(await world.captcha.challenges == [challenge])

            await world.captcha.set(.fails(PlatformError.Cancelled))
            let sends = "/emailVerifications/create"
            let sent = try await world.sandbox.requests(to: sends).count
            #expect(await error { try await world.client.auth.sendEmailOtp(email: ada) } == .Cancelled)
            #expect(try await world.sandbox.requests(to: sends).count == sent)
        }

        @Test func withoutAProviderItIsSaidWhatIsMissing() async throws {
            let sandbox = try Sandbox()
            try await sandbox.patchPolicy(Self.policy)
            let client = try StepUpClient(config: World.config(sandbox), platform: .insecureInMemory())
            let refused = await error { try await client.auth.sendEmailOtp(email: ada) }
            guard case .MethodUnavailable(.captchaRequired, _) = refused else {
                Issue.record("\(String(describing: refused))")
                return
            }
            #expect(refused?.kind() == .fixConfiguration)
        }
    }
}
