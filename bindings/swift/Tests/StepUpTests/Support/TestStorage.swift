import Foundation
import StepUp

/// A storage in memory that can fail, hang, answer late and call back.
actor TestStorage: SecureStorage {
    private(set) var records: [String: Data] = [:]
    /// Each operation that was begun: `get`, `put`, `delete`.
    private(set) var calls: [String] = []
    /// How many values were written.
    private(set) var writes = 0
    private var behaviour = Behaviour.works
    private var affected = ""

    /// From now on operations behave like this: those of one kind, or all of them.
    func set(_ behaviour: Behaviour, for kind: String = "") {
        (self.behaviour, affected) = (behaviour, kind)
    }

    /// Replaces the content of every record.
    func overwrite(with text: String) {
        records = records.mapValues { _ in Data(text.utf8) }
    }

    private func begin(_ kind: String) async throws {
        calls.append(kind)
        if affected.isEmpty || affected == kind {
            try await behaviour.pass()
        }
    }

    func get(key: String) async throws -> Data? {
        try await begin("get")
        return records[key]
    }

    func put(key: String, value: Data) async throws {
        try await begin("put")
        records[key] = value
        writes += 1
    }

    func delete(key: String) async throws {
        try await begin("delete")
        records[key] = nil
    }
}
