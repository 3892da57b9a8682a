import Foundation
import StepUp
import Testing

/// What the app does in a process of its own, until that is killed.
enum Act: String {
    case sendCode, signIn, signInWithBrowser, verify, awaitCode, awaitBrowser
}

private let variable = "STEPUP_OTHER_PROCESS"

/// The app in a process of its own: this program once more, in which a suite with the trait `otherProcess`
/// becomes the app instead of running its tests.
struct OtherProcess {
    private let process = Process()
    /// While it is open the process lives.
    private let lifeline = Pipe()
    private let said = Pipe()

    /// Has it do this in a directory, to be killed at the moment at which it says something: what it says.
    static func killed(when act: Act, on sandbox: Sandbox, in directory: URL) async throws -> String {
        let started = try OtherProcess(act, sandbox, directory)
        var lines = lines(of: started.said.fileHandleForReading).makeAsyncIterator()
        guard let line = await lines.next() else {
            throw Sandbox.Failure(reason: "the other process has ended by itself")
        }
        kill(started.process.processIdentifier, SIGKILL)
        // Its output is closed when nothing of it runs any more.
        while await lines.next() != nil {}
        return line
    }

    private init(_ act: Act, _ sandbox: Sandbox, _ directory: URL) throws {
        process.executableURL = Bundle.main.executableURL
        process.arguments = Self.bundle + ["--testing-library", "swift-testing", "--no-parallel"]
        let task = [act.rawValue, directory.path, sandbox.url, sandbox.environmentId]
        process.environment = ProcessInfo.processInfo.environment
            .merging([variable: task.joined(separator: "\n")]) { $1 }
        (process.standardInput, process.standardOutput) = (lifeline, said)
        try process.run()
    }

    /// On macOS the program is a helper, which is told where the tests are.
    private static var bundle: ArraySlice<String> {
        let arguments = CommandLine.arguments
        return arguments.firstIndex(of: "--test-bundle-path").map { arguments[$0..<$0 + 2] } ?? []
    }
}

/// In a process that was started for an act, that is done before any test is run, and none is.
struct OtherProcessTrait: SuiteTrait {
    func prepare(for test: Test) async throws {
        guard let task = ProcessInfo.processInfo.environment[variable] else { return }
        Task {
            for await _ in lines(of: .standardInput) {}
            exit(1)
        }
        do {
            try await perform(task.split(separator: "\n").map(String.init))
        } catch {
            FileHandle.standardError.write(Data("the other process: \(error)\n".utf8))
        }
        exit(1)
    }

    private func perform(_ task: [String]) async throws {
        let act = try #require(Act(rawValue: task[0]))
        let sandbox = Sandbox(runningAt: task[2], environmentId: task[3])
        let directory = URL(fileURLWithPath: task[1])
        let app = try FileApp(on: sandbox, in: directory, browser: SilentBrowser())
        try await app.perform(act)
        say("done")
        try await Task.sleep(for: .seconds(3_600))
    }
}

extension SuiteTrait where Self == OtherProcessTrait {
    static var otherProcess: Self { OtherProcessTrait() }
}

/// Says which page it shows; the user never comes back.
private final class SilentBrowser: OAuthBrowser {
    func open(request: BrowserRequest) async throws -> String {
        say(request.url)
        try await Task.sleep(for: .seconds(3_600))
        throw PlatformError.Cancelled
    }
}

extension FileApp {
    fileprivate func perform(_ act: Act) async throws {
        let export = [TokenScope.walletExport]
        switch act {
        case .sendCode: _ = try await client.auth.sendEmailOtp(email: ada)
        case .signIn: try await signIn()
        case .signInWithBrowser: _ = try await client.auth.signInWithSocial(provider: .google)
        case .verify: _ = try await verifyByEmail([TokenScope.credentialLink])
        case .awaitCode:
            let flow = try client.stepUp.start(scopes: export)
            try await eventually("a code is awaited, and that is written down") {
                try storage.keys().contains { $0.hasSuffix(".browser") } && flow.state().prompt != nil
            }
        case .awaitBrowser:
            let flow = try client.stepUp.start(scopes: export)
            _ = try await flow.states().reduce(into: []) { $0.append($1) }
        }
    }
}

private func say(_ line: String) {
    FileHandle.standardOutput.write(Data("\(line)\n".utf8))
}

/// The lines of a pipe, until it is closed.
private func lines(of file: FileHandle) -> AsyncStream<String> {
    AsyncStream { continuation in
        Thread.detachNewThread {
            var read = Data()
            while case let more = file.availableData, !more.isEmpty {
                read += more
                while let end = read.firstIndex(of: UInt8(ascii: "\n")) {
                    continuation.yield(String(decoding: read[..<end], as: UTF8.self))
                    read = Data(read[(end + 1)...])
                }
            }
            continuation.finish()
        }
    }
}
