import StepUp
import StepUpGenerated
import Testing

extension AllTests {
    /// Cancelling the task of a call, or its token.
    @Suite struct CancellationTests {
        @Test func aTaskThatIsCancelledAlreadySendsNothing() async throws {
            let world = try await World()
            let task = Task {
                // Lets the cancellation come first.
                while !Task.isCancelled { await Task.yield() }
                return await error { try await world.client.auth.sendEmailOtp(email: ada) }
            }
            task.cancel()
            #expect(await task.value == .Cancelled)
            #expect(try await world.sandbox.requests().isEmpty)
        }

        @Test func aCallThatWaitsForACallbackSendsNothing() async throws {
            let world = try await World()
            let gate = Gate()
            await world.storage.set(.waits(gate))
            let task = Task { await error { try await world.client.auth.refresh() } }
            try await eventually("the storage is asked") { await gate.arrivals > 0 }
            task.cancel()
            #expect(await task.value == .Cancelled)
            await gate.open()
            #expect(try await world.sandbox.requests().isEmpty)
        }

        @Test func theSheetIsToldThatNobodyWaitsAnyMore() async throws {
            let world = try await World()
            try await world.signInToAddFactors()
            let told = Gate()
            await world.passkeys.set(
                .calls {
                    try? await Task.sleep(for: .seconds(60))
                    await told.pass()
                    throw PlatformError.Cancelled
                })
            let task = Task { await error { try await world.client.passkeys.register() } }
            try await eventually("the sheet is shown") { await world.passkeys.ceremonies > 0 }
            task.cancel()
            #expect(await task.value == .Cancelled)
            try await eventually("the sheet is cancelled") { await told.arrivals > 0 }
            await told.open()
            let requests = try await world.sandbox.requests(to: "/passkeys/register")
            #expect(requests.map(\.method) == ["GET"])
        }

        @Test func aReadThatHasLeftIsGivenUpAtOnce() async throws {
            let world = try await World()
            try await world.signIn()
            try await world.sandbox.fault("GET", "users/mfa/methods", #""hang":true"#)
            let task = Task { await error { try await world.client.mfa.methods() } }
            try await world.sandbox.arrived(at: "/users/mfa/methods")
            let clock = ContinuousClock()
            let took = await clock.measure {
                task.cancel()
                #expect(await task.value == .Cancelled)
            }
            #expect(took < .seconds(5), "the limit of the request is thirty")
            try await world.sandbox.clearFaults()
            #expect(try await world.factors().isEmpty)
        }

        @Test func aVerifyThatHasLeftKeepsTheSessionAndDropsTheToken() async throws {
            let world = try await World()
            let client = world.client
            try await world.signIn()
            _ = try await client.stepUp.sendOtp()
            let code = try await world.sandbox.code(for: ada)
            let before = try await client.auth.sessionToken(kind: .minified)
            try await world.sandbox.fault("POST", "emailVerifications/verify", #""latencyMs":1500"#)
            let task = Task {
                await error {
                    try await client.stepUp.verifyOtp(code: code, scopes: [TokenScope.walletExport])
                }
            }
            try await world.sandbox.arrived(at: "/emailVerifications/verify")
            task.cancel()
            #expect(await task.value == .Cancelled)

            try await eventually("the session is stored in the background") {
                try await client.auth.sessionToken(kind: .minified) != before
            }
            #expect(!client.stepUp.hasElevatedAccessToken(scope: TokenScope.walletExport))
            // The old session is refused from now on, so this shows that the new one is used.
            _ = try await client.auth.refresh()
        }

        @Test func aTokenCancelsEveryCallThatHoldsIt() async throws {
            let sandbox = try Sandbox()
            let config = StepUpGenerated.ClientConfig(
                environmentId: sandbox.environmentId, baseUrl: sandbox.baseUrl, allowInsecureLoopback: true)
            let client = try StepUpGenerated.StepUpClient(
                config: config, platform: Platform.insecureInMemory())
            try await sandbox.fault("POST", "emailVerifications/create", #""hang":true"#)
            let token = CancelToken()
            let calls = (0..<3).map { _ in
                Task { await error { try await client.auth().sendEmailOtp(email: ada, cancel: token) } }
            }
            try await sandbox.arrived(3, at: "/emailVerifications/create")
            #expect(!token.isCancelled())
            token.cancel()
            token.cancel()
            #expect(token.isCancelled())
            for call in calls {
                #expect(await call.value == .Cancelled)
            }
            // Held by a later call, it ends that one before anything leaves.
            let later = await error { try await client.auth().refresh(cancel: token) }
            #expect(later == .Cancelled)
            #expect(try await sandbox.requests().count == 3)
        }
    }
}
