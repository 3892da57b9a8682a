import Foundation

/// A local server that speaks the step-up API with real cryptography: the program `stepup-sandbox`.
///
/// It sends nothing anywhere: what the user would get by mail or message is read with `code(for:)` and
/// `registrationLink(for:)`. Each sandbox has its own users, clock and policy, so tests need not share one.
public final class Sandbox: Sendable {
    /// What the control API answered.
    public struct Answer: Sendable {
        /// HTTP status.
        public let status: Int
        /// The answer's bytes.
        public let body: Data

        /// A field of a JSON object, if there is one of this name and type.
        public func field<Value>(_ name: String) -> Value? {
            (try? JSONSerialization.jsonObject(with: body) as? [String: Any])?[name] as? Value
        }
    }

    /// Why the sandbox is of no use, or what it refused.
    public struct Failure: Error, CustomStringConvertible {
        /// For whoever reads the test's output.
        public let reason: String

        /// A failure with a reason.
        public init(reason: String) {
            self.reason = reason
        }

        /// The reason.
        public var description: String { reason }
    }

    /// Where the control API is.
    public let url: String
    /// `ClientConfig.baseUrl` of a client of this sandbox.
    public let baseUrl: String
    /// `ClientConfig.environmentId` of a client of this sandbox.
    public let environmentId: String
    /// While it is open the process lives; none if the process is not ours.
    private let lifeline: Pipe?

    /// A sandbox that runs already, for where a test cannot start programs: an app in the simulator. The
    /// program prints both values when it is ready.
    public init(runningAt url: String, environmentId: String) {
        (self.url, baseUrl, self.environmentId) = (url, "\(url)/api/v0", environmentId)
        lifeline = nil
    }

    #if os(macOS) || os(Linux)
        /// Starts a sandbox in a process of its own, which ends with this object, or with this process.
        ///
        /// - Parameter program: Path of `stepup-sandbox`; left out, the environment's `STEPUP_SANDBOX`.
        /// - Throws: `Failure` if there is no path or the program ends at once; what `Process.run` throws.
        public init(program: String? = nil) throws {
            guard let program = program ?? ProcessInfo.processInfo.environment["STEPUP_SANDBOX"] else {
                throw Failure(reason: "STEPUP_SANDBOX does not name the program stepup-sandbox")
            }
            let (process, input, output) = (Process(), Pipe(), Pipe())
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = ["--exit-with-parent"]
            process.standardInput = input
            process.standardOutput = output
            try process.run()
            let line = try JSONDecoder().decode([String: String].self, from: Self.firstLine(of: output))
            guard let url = line["url"], let baseUrl = line["baseUrl"], let id = line["environmentId"] else {
                throw Failure(reason: "the sandbox did not say where it listens")
            }
            (self.url, self.baseUrl, environmentId) = (url, baseUrl, id)
            lifeline = input
        }

        private static func firstLine(of output: Pipe) throws -> Data {
            var line = Data()
            while !line.contains(UInt8(ascii: "\n")) {
                let more = output.fileHandleForReading.availableData
                guard !more.isEmpty else { throw Failure(reason: "the sandbox ended at once") }
                line.append(more)
            }
            return line
        }
    #endif

    deinit {
        try? lifeline?.fileHandleForWriting.close()
    }
}
