import StepUp

/// Keeps the log.
actor TestLogSink: LogSink {
    private(set) var records: [LogRecord] = []
    private var behaviour = Behaviour.works

    func set(_ behaviour: Behaviour) {
        self.behaviour = behaviour
    }

    func log(record: LogRecord) async throws {
        try await behaviour.pass()
        records.append(record)
    }
}
