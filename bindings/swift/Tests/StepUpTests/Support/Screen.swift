import StepUp
import Testing

/// A screen of a flow: knows the states that it is told, and nothing else.
final class Screen: StepUpFlowListener {
    let states: AsyncStream<StepUpFlowState>
    private let continuation: AsyncStream<StepUpFlowState>.Continuation

    init() {
        (states, continuation) = AsyncStream.makeStream()
    }

    deinit {
        close()
    }

    /// Nothing more is shown.
    func close() {
        continuation.finish()
    }

    func stateChanged(state: StepUpFlowState) async throws {
        continuation.yield(state)
        if state.isFinal {
            close()
        }
    }
}

extension StepUpFlowState {
    var isFinal: Bool {
        switch self {
        case .granted, .cancelled, .failed: true
        default: false
        }
    }

    /// The name of the case.
    var name: String {
        String(describing: self).prefix { $0 != "(" }.description
    }

    var options: [StepUpOption]? {
        if case .choosing(let options, _, _, _) = self { options } else { nil }
    }

    /// What is shown beside the field for a code.
    var prompt: CodePrompt? {
        if case .awaitingCode(_, let prompt) = self { prompt } else { nil }
    }

    var elevations: [Elevation]? {
        if case .granted(let elevations, _) = self { elevations } else { nil }
    }
}

/// Shows a flow until it has ended; the user acts on each state that is new. Answers with all that was shown.
@discardableResult
func show(
    _ flow: StepUpFlow, _ act: (StepUpFlowState) async throws -> Void
) async throws -> [StepUpFlowState] {
    let screen = Screen()
    let subscription = try flow.subscribe(listener: screen)
    defer { subscription.cancel() }
    var shown: [StepUpFlowState] = []
    for await state in screen.states where state != shown.last {
        shown.append(state)
        try await act(state)
    }
    return shown
}

/// A user who chooses one method and does what it asks for. Gives up at the first error.
struct Person: Sendable {
    let method: StepUpMethod
    /// Reads the code or gets the assertion that the method asks for.
    var proof: @Sendable () async throws -> String = { throw Sandbox.Failure(reason: "not asked for") }

    func act(on state: StepUpFlowState, of flow: StepUpFlow) async throws {
        switch state {
        case .choosing(_, _, _, let error?): throw error
        case .choosing(let options, _, _, nil):
            let option = try #require(options.first { $0.method == method })
            try flow.select(optionId: option.id)
        case .awaitingCode(_, let prompt) where prompt.error != nil:
            throw try #require(prompt.error)
        case .awaitingCode: try await flow.submit(code: proof())
        case .awaitingExternalJwt: try await flow.submitExternalJwt(jwt: proof())
        default: return
        }
    }
}

extension World {
    /// A flow from its beginning to its end, by this person: what was shown.
    func stepUp(
        by person: Person, scopes: [String] = [TokenScope.walletExport], filter: StepUpFilter? = nil
    ) async throws -> [StepUpFlowState] {
        let flow = try client.stepUp.start(scopes: scopes, filter: filter, autoSelect: false)
        return try await show(flow) { try await person.act(on: $0, of: flow) }
    }

    /// Whoever reads the mail that was sent to this address, or the messages to this number.
    func reader(of recipient: String, method: StepUpMethod = .email) -> Person {
        Person(method: method) { try await sandbox.code(for: recipient) }
    }

    /// Signs in with a wallet that can serve for step-ups too.
    func signInByWallet() async throws {
        try await wallets.offer("wallet")
        _ = try await client.auth.signInWithWallet()
    }

    /// Signs in by e-mail and links a wallet: a user with a choice.
    func signInWithEmailAndWallet() async throws {
        try await wallets.offer("wallet")
        try await signIn(for: [TokenScope.credentialLink])
        _ = try await client.auth.linkWallet()
    }
}
