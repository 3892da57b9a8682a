import Foundation
import StepUp
import Testing

@testable import StepUpApple

/// With the core: it is the core that knows which clients live.
@Suite struct SharedClientsTests {
    private let clients = SharedClients()
    private let config = ClientConfig(environmentId: UUID().uuidString)

    @Test func whoeverAsksForTheSameGetsTheSame() throws {
        let first = try clients.client(config) { .insecureInMemory() }
        var other = config
        other.environmentId = config.environmentId.lowercased()
        other.deviceName = "another"
        #expect(try clients.client(other) { .insecureInMemory() } === first)
    }

    @Test func anotherNamespaceIsAnotherClient() throws {
        let first = try clients.client(config) { .insecureInMemory() }
        var other = config
        other.storageNamespace = "another"
        #expect(try clients.client(other) { .insecureInMemory() } !== first)
    }

    @Test func aClientThatIsOverIsReplaced() async throws {
        let first = try clients.client(config) { .insecureInMemory() }
        first.shutdown()
        let second = try clients.client(config) { .insecureInMemory() }
        #expect(second !== first)
        try await second.restore()
        #expect(try clients.client(config) { .insecureInMemory() } === second)
    }

    @Test func aClientLivesAsLongAsSomebodyHoldsIt() throws {
        weak var first: StepUpClient?
        do {
            let held = try clients.client(config) { .insecureInMemory() }
            first = held
        }
        #expect(first == nil)
        _ = try clients.client(config) { .insecureInMemory() }
    }

    @Test func aClientThatWasMadeElsewhereIsNotHandedOut() throws {
        let elsewhere = try StepUpClient(config: config, platform: .insecureInMemory())
        #expect(throws: StepUpError.AlreadyOpen) { try clients.client(config) { .insecureInMemory() } }
        elsewhere.shutdown()
    }

    @Test func wrongConfigurationIsToldAsSuch() {
        let expected = "environment_id"
        do {
            _ = try clients.client(ClientConfig(environmentId: "none")) { .insecureInMemory() }
            Issue.record("a client without an environment")
        } catch let StepUpError.InvalidConfiguration(field, _) {
            #expect(field == expected)
        } catch {
            Issue.record(error)
        }
    }

    @Test func manyAtOnceGetOne() async throws {
        let (clients, config) = (clients, config)
        let all = try await withThrowingTaskGroup(of: StepUpClient.self) { group in
            for _ in 0..<20 {
                group.addTask { try clients.client(config) { .insecureInMemory() } }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(all.allSatisfy { $0 === all[0] })
    }
}
