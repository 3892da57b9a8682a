import Observation
import StepUp

/// The library's log, which holds no secrets.
@MainActor @Observable
public final class LogPresenter {
    /// The latest lines, oldest first.
    public private(set) var lines: [LogRecord] = []

    private let log: MemoryLog

    init(_ log: MemoryLog) {
        self.log = log
    }

    /// Follows the log until the task is cancelled: the screen is left.
    public func follow() async {
        for await records in await log.updates() {
            lines = records
        }
    }
}
