import Foundation
import StepUp

/// An error of the host that the library does not know. Its text is what must not come out anywhere.
final class HostError: Error, CustomStringConvertible, @unchecked Sendable {
    static let text = "host-secret-4711"
    private let lock = NSLock()
    private var isRead = false

    var description: String {
        lock.withLock { isRead = true }
        return Self.text
    }

    /// Whether anybody asked for the text.
    var wasRead: Bool { lock.withLock { isRead } }
}

/// What a callback does before it does its work.
enum Behaviour: Sendable {
    case works
    case fails(any Error)
    /// Waits for the gate, whether it is cancelled or not, and then does its work late.
    case waits(Gate)
    /// Runs something first, for example a call of the client.
    case calls(@Sendable () async throws -> Void)

    func pass() async throws {
        switch self {
        case .works: return
        case .fails(let error): throw error
        case .waits(let gate): await gate.pass()
        case .calls(let call): try await call()
        }
    }
}

/// Keeps whoever comes waiting until it is opened.
actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    /// How many have come.
    private(set) var arrivals = 0

    func pass() async {
        arrivals += 1
        guard !isOpen else { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
        isOpen = true
        waiting.forEach { $0.resume() }
        waiting = []
    }
}
