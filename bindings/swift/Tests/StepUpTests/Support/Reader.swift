/// Reads a stream to its end and keeps what it read.
actor Reader<Value: Sendable> {
    private(set) var values: [Value] = []
    private(set) var hasEnded = false

    /// Begins to read. Cancelling the task stops it.
    @discardableResult
    nonisolated func read(_ stream: AsyncStream<Value>) -> Task<Void, Never> {
        Task {
            for await value in stream {
                await keep(value)
            }
            await end()
        }
    }

    private func keep(_ value: Value) {
        values.append(value)
    }

    private func end() {
        hasEnded = true
    }
}
