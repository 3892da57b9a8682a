import Foundation
import StepUp
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

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
        do { try await show(flow, on: view) } catch { flow.cancel() }
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

// README >>>
@MainActor private func showSession(of client: StepUpClient, on view: any SessionView) async throws {
    for await session in try client.auth.sessions() {
        view.show(user: session?.user, duties: session?.duties ?? [])
    }
}
// <<< README

// README >>>
private func fetchKey(
    from url: URL, with backend: StepUpURLSession, view: any StepUpView
) async throws -> Data {
    let scope = TokenScope.walletExport
    let (key, answer) = try await backend.data(for: URLRequest(url: url), scope: scope) { flow in
        do { try await show(flow, on: view) } catch { flow.cancel() }
    }
    guard answer.statusCode == 200 else { throw URLError(.badServerResponse) }
    return key
}
// <<< README

// README >>>
private func readKey(
    with client: StepUpClient, present: @escaping @Sendable (StepUpFlow) async -> Void,
    send: @Sendable ([HttpHeader]) async throws -> (status: Int, body: Data)
) async throws -> Data {
    let scope = TokenScope.walletExport
    return try await client.stepUp.withStepUp(scope: scope, present: present) {
        let headers = try await client.stepUp.authorizationHeaders(scope: scope)
        let answer = try await send(headers)
        // Says whether the backend wants a step-up; what else it refuses is the app's affair.
        try await client.stepUp.ensureNotRefused(
            scope: scope, headers: headers, status: answer.status, body: answer.body)
        return answer.body
    }
}
// <<< README

/// Who is signed in, as the app draws it.
@MainActor private protocol SessionView: Sendable {
    func show(user: User?, duties: [OnboardingDuty])
}

/// Knows the last address that was shown.
@MainActor private final class TestSessionView: SessionView {
    private(set) var email: String?

    func show(user: User?, duties: [OnboardingDuty]) {
        email = user?.email
    }
}

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
    @Suite(.timeLimit(.minutes(1))) struct ReadmeTests {
        @Test func theExampleDoesWhatItSays() async throws {
            let world = try await World()
            try await world.signIn()
            var status = 0
            try await exportKey(
                with: world.client,
                askUser: { _ in try await world.sandbox.code(for: ada) },
                callBackend: { headers in
                    status = try await world.callBackend(TokenScope.walletExport, with: headers).status
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

        @Test func theBackendIsAsked() async throws {
            let world = try await World()
            try await world.signIn()
            let (sandbox, view) = (world.sandbox, TestView(sandbox: world.sandbox))
            let backend = try StepUpURLSession(
                client: world.client, allowedHosts: ["127.0.0.1"], allowInsecureLoopback: true)
            let page = "\(sandbox.baseUrl)/sdk/\(sandbox.environmentId)/users/mfa/methods"
            let key = try await fetchKey(from: #require(URL(string: page)), with: backend, view: view)
            #expect(!key.isEmpty)
        }

        @Test func theAppsOwnHttpClientIsUsed() async throws {
            let world = try await World()
            try await world.signIn()
            let view = TestView(sandbox: world.sandbox)
            let key = try await readKey(with: world.client, present: { try? await show($0, on: view) }) {
                let answer = try await world.callBackend(TokenScope.walletExport, with: $0)
                return (answer.status, answer.body)
            }
            #expect(String(decoding: key, as: UTF8.self).contains(TokenScope.walletExport))
        }

        @Test @MainActor func theSessionIsShown() async throws {
            let (world, view) = (try await World(), TestSessionView())
            let showing = Task { try await showSession(of: world.client, on: view) }
            try await world.signIn()
            while view.email != ada { try await Task.sleep(for: .milliseconds(5)) }
            showing.cancel()
            try await showing.value
        }

        @Test func theExamplesAreTheReadmes() throws {
            let source = try String(contentsOfFile: #filePath, encoding: .utf8)
            let marked = /\n\/\/ README >>>\n(.*?)\/\/ <<< README\n/.dotMatchesNewlines()
            let examples = source.matches(of: marked)
            #expect(examples.count == 5)
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
