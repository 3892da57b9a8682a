import StepUp

/// Keeps the latest lines of the log, for the screen that shows them.
public actor MemoryLog: LogSink {
    private static let limit = 500
    private var records: [LogRecord] = []
    private var readers: [Int: AsyncStream<[LogRecord]>.Continuation] = [:]
    private var count = 0

    init() {}

    /// A line of the library.
    public func log(record: LogRecord) {
        records.append(record)
        records.removeFirst(max(0, records.count - Self.limit))
        readers.values.forEach { $0.yield(records) }
    }

    /// What is kept: now, and after each line.
    func updates() -> AsyncStream<[LogRecord]> {
        let (updates, reader) = AsyncStream.makeStream(
            of: [LogRecord].self, bufferingPolicy: .bufferingNewest(1))
        count += 1
        let id = count
        readers[id] = reader
        reader.yield(records)
        reader.onTermination = { [weak self] _ in
            Task { await self?.forget(id) }
        }
        return updates
    }

    private func forget(_ id: Int) {
        readers[id] = nil
    }
}
