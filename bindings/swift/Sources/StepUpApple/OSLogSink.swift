#if canImport(os)
    import Foundation
    import StepUp
    import os

    /// Writes the client's log to the system's: to be read in Console and in Xcode.
    ///
    /// Records hold no secret, address, number, code or URL, so that they are written in the clear.
    public final class OSLogSink: LogSink {
        private let logger: Logger

        /// - Parameter subsystem: The app's identifier if none is given.
        public init(subsystem: String? = nil) {
            logger = Logger(
                subsystem: subsystem ?? Bundle.main.bundleIdentifier ?? "dev.stepup", category: "StepUp")
        }

        /// Writes one record.
        public func log(record: LogRecord) async throws {
            logger.log(level: record.level.systemLevel, "\(record.text, privacy: .public)")
        }
    }

    extension LogLevel {
        fileprivate var systemLevel: OSLogType {
            switch self {
            case .debug: .debug
            case .info: .info
            // What was dealt with is kept, too.
            case .warning: .error
            }
        }
    }
#endif
