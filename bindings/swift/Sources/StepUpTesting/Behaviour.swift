/// What a callback of the app does before it does its work.
///
/// For tests of what the app shows when storage, keys or the user fail it.
public enum Behaviour: Sendable {
    /// Nothing else.
    case works
    /// Throws this instead; the system's failures are a `PlatformError`.
    case fails(any Error)
    /// Waits for the gate, whether it is cancelled or not, and then does its work late.
    case waits(Gate)
    /// Runs something first, for example a call of the client.
    case calls(@Sendable () async throws -> Void)

    /// Does it: for callbacks of your own.
    public func pass() async throws {
        switch self {
        case .works: return
        case .fails(let error): throw error
        case .waits(let gate): await gate.pass()
        case .calls(let call): try await call()
        }
    }
}

/// Keeps whoever comes waiting until it is opened.
public actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    /// How many have come.
    public private(set) var arrivals = 0

    /// A gate that is closed.
    public init() {}

    /// Waits here until the gate is open.
    public func pass() async {
        arrivals += 1
        guard !isOpen else { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    /// Lets pass who waits and who comes from now on.
    public func open() {
        isOpen = true
        waiting.forEach { $0.resume() }
        waiting = []
    }
}
