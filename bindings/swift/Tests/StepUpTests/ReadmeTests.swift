import Foundation
import StepUp
import Testing

// The README's examples, between their marks to the letter.
// README >>>
private func exportKey(
    with client: StepUpClient,
    askUser: (StepUpCredential) async throws -> String,
    callBackend: ([HttpHeader]) async throws -> Void
) async throws {
    // Check: does the server want the user to prove who they are?
    let check = try await client.stepUp.check(scope: TokenScope.walletExport)
    if check.isRequired, let credential = check.credentials.first {
        // Verify: here with a code by e-mail or SMS.
        let sent = try await client.stepUp.sendOtp(credentialId: credential.id)
        let code = try await askUser(credential)
        _ = try await client.stepUp.verifyOtp(
            code: code, scopes: [TokenScope.walletExport], verificationId: sent.id)
    }
    // Proceed: these headers carry the permission, which serves once.
    try await callBackend(client.stepUp.authorizationHeaders(scope: TokenScope.walletExport))
}
// <<< README

// README >>>
private func headersForExport(with client: StepUpClient, view: any StepUpView) async throws -> [HttpHeader] {
    try await client.stepUp.withStepUp(scope: TokenScope.walletExport) { flow in
        try? await show(flow, on: view)
    } operation: {
        try await client.stepUp.authorizationHeaders(scope: TokenScope.walletExport)
    }
}

/// Shows a flow until it has ended, or until the task is cancelled.
@MainActor private func show(_ flow: StepUpFlow, on view: any StepUpView) async throws {
    for await state in try flow.states() {
        switch state {
        case .choosing(let options, _, _, let error):
            view.choose(among: options, error: error) { try flow.select(optionId: $0.id) }
        case .awaitingCode(_, let prompt):
            view.askForCode(prompt) { try flow.submit(code: $0) }
        // The system's sheet, the browser, the wallet or the server is at work; or the flow has ended.
        default: view.showProgress(state)
        }
    }
}
// <<< README

/// What the app draws.
@MainActor private protocol StepUpView: Sendable {
    func choose(
        among options: [StepUpOption], error: StepUpError?,
        select: @escaping @MainActor (StepUpOption) throws -> Void)
    func askForCode(_ prompt: CodePrompt, submit: @escaping @MainActor (String) throws -> Void)
    func showProgress(_ state: StepUpFlowState)
}

/// A user who takes what is preferred and types the code that was sent.
private final class TestView: StepUpView {
    private let sandbox: Sandbox

    nonisolated init(sandbox: Sandbox) {
        self.sandbox = sandbox
    }

    func choose(
        among options: [StepUpOption], error: StepUpError?,
        select: @escaping @MainActor (StepUpOption) throws -> Void
    ) {
        #expect(error == nil)
        #expect(throws: Never.self) { try select(#require(options.first { $0.isPreferred })) }
    }

    func askForCode(_ prompt: CodePrompt, submit: @escaping @MainActor (String) throws -> Void) {
        Task { [sandbox] in try await submit(sandbox.code(for: ada)) }
    }

    func showProgress(_ state: StepUpFlowState) {}
}

extension AllTests {
    @Suite struct ReadmeTests {
        @Test func theExampleDoesWhatItSays() async throws {
            let world = try await World()
            try await world.signIn()
            var status = 0
            try await exportKey(
                with: world.client,
                askUser: { _ in try await world.sandbox.code(for: ada) },
                callBackend: { headers in
                    let body = #"{"scope":"\#(TokenScope.walletExport)"}"#
                    status = try await world.sandbox.control(
                        "POST", "protected", body, headers: headers.map { ($0.name, $0.value) }
                    ).status
                })
            #expect(status == 200)
        }

        @Test func aScreenShowsAFlow() async throws {
            let world = try await World()
            try await world.signInWithEmailAndWallet()
            let view = TestView(sandbox: world.sandbox)
            let headers = try await headersForExport(with: world.client, view: view)
            #expect(headers.map(\.name) == ["Authorization", "x-dyn-elevated-access-token"])
        }

        @Test func theExamplesAreTheReadmes() throws {
            let source = try String(contentsOfFile: #filePath, encoding: .utf8)
            let marked = /\n\/\/ README >>>\n(.*?)\/\/ <<< README\n/.dotMatchesNewlines()
            let examples = source.matches(of: marked)
            #expect(examples.count == 2)
            let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
            let readme = try String(contentsOf: package.appendingPathComponent("README.md"), encoding: .utf8)
            for example in examples {
                let code = example.1.replacingOccurrences(of: "private func", with: "func")
                #expect(readme.contains("```swift\n\(code)```\n"))
            }
        }
    }
}
