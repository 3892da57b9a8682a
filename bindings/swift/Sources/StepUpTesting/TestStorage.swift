import Foundation
import StepUp

/// A storage in memory that can fail, hang, answer late and call back.
public actor TestStorage: SecureStorage {
    /// What is stored, by key.
    public private(set) var records: [String: Data] = [:]
    /// Each operation that was begun: `get`, `put`, `delete`.
    public private(set) var calls: [String] = []
    /// How many values were written.
    public private(set) var writes = 0
    private var behaviour = Behaviour.works
    private var affected = ""

    /// An empty storage.
    public init() {}

    /// From now on operations behave like this: those of one kind, or all of them.
    public func set(_ behaviour: Behaviour, for kind: String = "") {
        (self.behaviour, affected) = (behaviour, kind)
    }

    /// Replaces the content of every record.
    public func overwrite(with text: String) {
        records = records.mapValues { _ in Data(text.utf8) }
    }

    private func begin(_ kind: String) async throws {
        calls.append(kind)
        if affected.isEmpty || affected == kind {
            try await behaviour.pass()
        }
    }

    /// The record with this key.
    public func get(key: String) async throws -> Data? {
        try await begin("get")
        return records[key]
    }

    /// Writes a record.
    public func put(key: String, value: Data) async throws {
        try await begin("put")
        records[key] = value
        writes += 1
    }

    /// Removes a record.
    public func delete(key: String) async throws {
        try await begin("delete")
        records[key] = nil
    }
}
