import Foundation
import StepUp
import Testing

extension AllTests {
    /// What earlier versions have written down is read by this one.
    @Suite struct EnvelopeTests {
        /// Every sample of a session that was ever committed, by its name.
        static let samples: [String] = {
            let names = try? FileManager.default.contentsOfDirectory(atPath: directory.path)
            return (names ?? []).filter { $0.wholeMatch(of: /v\d+\.json/) != nil }.sorted()
        }()

        private static let directory = URL(fileURLWithPath: #filePath)
            .appendingPathComponent("../../../../../tests/envelopes").standardized

        @Test func thereAreSamples() {
            #expect(Self.samples.starts(with: ["v1.json", "v2.json"]))
        }

        @Test(arguments: samples) func anUpgradeKeepsTheSession(sample: String) async throws {
            let text = try String(contentsOf: Self.directory.appendingPathComponent(sample), encoding: .utf8)
            let before = try await World()
            try await before.signIn()
            before.client.shutdown()
            await before.storage.overwrite(with: text)
            let world = try before.restarted()
            try await world.client.restore()
            let session = try #require(try await world.client.auth.session())
            #expect(session.user.id == "5d0c3b0e-7a4f-4c38-9b62-1f6f0a3c9d21" && session.user.email == ada)
            let formats = session.user.verifiedCredentials.map(\.format)
            #expect(formats == [.email, .phoneNumber, .passkey])
            #expect(session.expiresAt == Date(timeIntervalSince1970: 4_102_444_800))
            #expect(try await world.client.auth.sessionToken(kind: .full) != nil)
            let elevation = world.client.stepUp.elevation(scope: TokenScope.credentialLink)
            #expect(elevation?.scopes == [TokenScope.credentialLink, TokenScope.credentialUnlink])
        }

        @Test func aNewerOneIsRefusedAndLeftAlone() async throws {
            let before = try await World()
            try await before.signIn()
            before.client.shutdown()
            await before.storage.overwrite(with: #"{"schema_version":1000000}"#)
            let (kept, world) = (await before.storage.records, try before.restarted())
            #expect(await error { try await world.client.restore() }?.errorCode == 25)
            #expect(await world.storage.records == kept)
        }
    }
}
