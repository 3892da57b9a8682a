import StepUp
import Testing

extension AllTests {
    /// Limits and deadlines, given as durations.
    @Suite struct DurationTests {
        @Test(arguments: [Duration.seconds(-1), .zero, .seconds(3_601)])
        func oneThatMakesNoSenseIsRefused(duration: Duration) async throws {
            let limits = [Limits(connectTimeout: duration), Limits(requestTimeout: duration)]
            let deadlines = [
                Deadlines(storage: duration), Deadlines(keys: duration), Deadlines(passkey: duration),
                Deadlines(browser: duration), Deadlines(wallet: duration), Deadlines(captcha: duration),
            ]
            let id = "7d444840-9dc0-11d1-b245-5ffdce74fad2"
            let configs =
                limits.map { ClientConfig(environmentId: id, limits: $0) }
                + deadlines.map { ClientConfig(environmentId: id, deadlines: $0) }
            for config in configs {
                let told = await error {
                    try StepUpClient(config: config, platform: .insecureInMemory())
                }
                #expect(told?.errorCode == 4, "\(config)")
            }
        }

        /// The error's method is the core's: the length of time goes there and comes back.
        @Test(arguments: [Duration.zero, .nanoseconds(1), .milliseconds(1_500), .seconds(Int64.max)])
        func oneCrossesAsItIs(duration: Duration) {
            #expect(StepUpError.RateLimited(retryAfter: duration, answer: nil).retryAfter() == duration)
        }

        @Test func thereIsNoneBelowZero() {
            let error = StepUpError.RateLimited(retryAfter: .seconds(-1), answer: nil)
            #expect(error.retryAfter() == .zero)
        }

        @Test func aLimitIsAsShortAsItSays() async throws {
            let sandbox = try Sandbox()
            var config = World.config(sandbox)
            config.limits.requestTimeout = .milliseconds(200)
            let client = try StepUpClient(config: config, platform: .insecureInMemory())
            try await sandbox.fault("POST", "emailVerifications/create", #""hang":true"#)
            let clock = ContinuousClock()
            let took = try await clock.measure {
                let told = try #require(await error { try await client.auth.sendEmailOtp(email: ada) })
                #expect(told.kind() == .retryLater && told.errorCode == 19)
            }
            #expect(took >= .milliseconds(200) && took < .seconds(10), "the default is thirty seconds")
        }
    }
}
