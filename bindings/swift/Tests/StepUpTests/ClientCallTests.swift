import StepUp
import Testing

extension AllTests {
    /// Every call of the client itself, with a good and a bad input.
    @Suite struct ClientCallTests {
        @Test func aClientIsMadeFromAConfiguration() async throws {
            let sandbox = try Sandbox()
            let platform = Platform.insecureInMemory()
            let config = World.config(sandbox)
            let client = try StepUpClient(config: config, platform: platform)
            #expect(try await client.auth.session() == nil)

            let twin = await error { try StepUpClient(config: config, platform: platform) }
            #expect(twin == .AlreadyOpen)
            client.shutdown()
            _ = try StepUpClient(config: config, platform: platform)
        }

        @Test func aConfigurationThatCannotWorkIsRefusedByField() async throws {
            let refused = await error {
                try StepUpClient(
                    config: ClientConfig(environmentId: "not a UUID"), platform: .insecureInMemory())
            }
            guard case .InvalidConfiguration(let field, _) = refused else {
                Issue.record("\(String(describing: refused))")
                return
            }
            #expect(field == "environment_id")
        }

        @Test func restoreReadsTheStorageOnce() async throws {
            let world = try await World()
            try await world.signIn()
            _ = try await world.verifyByEmail([TokenScope.credentialLink])
            let restarted = try world.restarted()
            #expect(!restarted.client.stepUp.hasElevatedAccessToken(scope: TokenScope.credentialLink))
            let before = await restarted.storage.calls.count
            try await restarted.client.restore()
            try await restarted.client.restore()
            #expect(await restarted.storage.calls.count == before + 1)
        }

        @Test func aStorageThatHoldsSomethingElseIsToldOnce() async throws {
            let world = try await World()
            try await world.signIn()
            await world.storage.overwrite(with: "not ours")
            let restarted = try world.restarted()
            let corrupt = await error { try await restarted.client.restore() }
            #expect(corrupt == .StorageFailed(reason: .corrupt))
            try await restarted.client.restore()
            #expect(try await restarted.client.auth.session() == nil)
            try await restarted.signIn()
        }

        @Test func comingToTheForegroundRenewsASessionThatIsAboutToRunOut() async throws {
            let world = try await World(policy: #"{"jwtLifeSeconds":120}"#)
            try await world.signIn()
            world.client.setForeground(false)
            _ = try await world.sandbox.advanceClock(seconds: 100)
            // The client learns the time with the answer.
            _ = try await world.client.mfa.methods()
            #expect(try await world.sandbox.requests(to: "/refresh").isEmpty)
            world.client.setForeground(true)
            try await world.sandbox.arrived(at: "/refresh")
            world.client.shutdown()
            world.client.setForeground(true)
        }
    }
}
