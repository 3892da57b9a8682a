import Foundation
import StepUp
import StepUpApple
import Testing
import os

extension AppleTests {
    @MainActor @Suite struct LogTests {
        @Test func recordsAreReadableInTheSystemsLog() async throws {
            let subsystem = UUID().uuidString
            let sink = OSLogSink(subsystem: subsystem)
            for (level, text) in [(LogLevel.debug, "one"), (.info, "two"), (.warning, "three")] {
                try await sink.log(record: LogRecord(level: level, text: text))
            }
            let lines = SimulatedLog.shared.lines.filter { $0.subsystem == subsystem }
            #expect(lines.map(\.text) == ["one", "two", "three"])
            #expect(lines.map(\.level) == [.debug, .info, .error])
        }
    }
}
