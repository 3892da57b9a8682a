import Foundation
import StepUp
import StepUpTesting
import Testing

// The examples of the articles in StepUp.docc, between their marks to the letter.
// ARTICLE >>>
private func signIn(
    _ client: StepUpClient, email: String, askForCode: () async throws -> String
) async throws -> Session {
    _ = try await client.auth.sendEmailOtp(email: email)
    switch try await client.auth.signInWithOtp(code: askForCode()) {
    case .done(let session, _): return session
    }
}
// <<< ARTICLE

// ARTICLE >>>
@MainActor private func follow(_ flow: StepUpFlow, on screen: any StepUpScreen) async throws {
    for await state in try flow.states() {
        switch state {
        case .choosing(let options, _, _, let error):
            screen.offer(options.filter { $0.unusable == nil }, after: error)
        case .awaitingCode(_, let prompt):
            screen.askForCode(sentTo: prompt.maskedDestination, after: prompt.error)
        case .granted, .cancelled, .failed:
            screen.close()
        default:
            screen.wait()
        }
    }
}
// <<< ARTICLE

// ARTICLE >>>
private func removeCredential(
    _ id: String, of client: StepUpClient, present: @escaping @Sendable (StepUpFlow) async -> Void
) async throws -> Session {
    try await client.stepUp.withStepUp(scope: TokenScope.credentialUnlink, present: present) {
        try await client.auth.unlinkCredential(credentialId: id)
    }
}
// <<< ARTICLE

// ARTICLE >>>
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
// <<< ARTICLE

// ARTICLE >>>
/// For every URL that opens the app.
private func open(_ url: String, with client: StepUpClient) async throws {
    if client.deviceRegistration.isRegistrationLink(url: url) {
        _ = try await client.deviceRegistration.complete(link: url)
    } else {
        _ = try await client.auth.handleRedirect(url: url)
    }
}
// <<< ARTICLE

// ARTICLE >>>
private func addPasskey(
    to client: StepUpClient, present: @escaping @Sendable (StepUpFlow) async -> Void
) async throws -> [Passkey] {
    _ = try await client.stepUp.withStepUp(scope: TokenScope.credentialLink, present: present) {
        try await client.passkeys.register()
    }
    return try await client.passkeys.list()
}
// <<< ARTICLE

// ARTICLE >>>
private func signInWithGoogle(_ client: StepUpClient) async throws -> Session? {
    do {
        switch try await client.auth.signInWithSocial(provider: .google) {
        case .done(let session, _): return session
        }
    } catch StepUpError.Cancelled {
        return nil  // The user has closed the browser.
    }
}
// <<< ARTICLE

// ARTICLE >>>
private func addAuthenticatorApp(
    to client: StepUpClient, present: @escaping @Sendable (StepUpFlow) async -> Void,
    askForCode: (TotpEnrollment) async throws -> String
) async throws -> [Secret] {
    let enrollment = try await client.stepUp.withStepUp(scope: TokenScope.credentialLink, present: present) {
        try await client.mfa.enrollTotp()
    }
    // The screen shows the QR code and the secret.
    _ = try await client.mfa.confirmTotp(code: askForCode(enrollment))
    return try await client.mfa.recoveryCodes()
}
// <<< ARTICLE

// ARTICLE >>>
private func link(
    _ email: String, to client: StepUpClient, present: @escaping @Sendable (StepUpFlow) async -> Void,
    askForCode: (OtpVerification) async throws -> String
) async throws -> LinkOutcome {
    let begun = try await client.stepUp.withStepUp(scope: TokenScope.credentialLink, present: present) {
        try await client.auth.linkEmail(email: email)
    }
    switch begun {
    case .done(let session): return .done(session: session)
    case .codeSent(let sent):
        let code = try await askForCode(sent)
        return try await client.stepUp.withStepUp(scope: TokenScope.credentialLink, present: present) {
            try await client.auth.confirmLink(code: code, verificationId: sent.id)
        }
    }
}
// <<< ARTICLE

// ARTICLE >>>
/// Call it when the app starts.
@MainActor private func goOn(with client: StepUpClient, on screen: any StepUpScreen) async throws {
    try await client.restore()
    if let flow = try await client.stepUp.pendingFlow() {
        return try await follow(flow, on: screen)
    }
    let isSignedIn = try await client.auth.session() != nil
    let sent = try await isSignedIn ? client.auth.pendingLinkOtp() : client.auth.pendingOtp()
    if let sent { screen.askForCode(sentTo: sent.maskedDestination, after: nil) }
}
// <<< ARTICLE

// ARTICLE >>>
private func advice(for error: StepUpError) -> String? {
    switch error.kind() {
    case .cancelled: nil
    case .askUserAgain: "That is not the code. Try again."
    case .chooseAnotherMethod: "Choose another way."
    case .retryLater: "Try again in \(error.retryAfter() ?? .seconds(10))."
    case .signInAgain: "Sign in again."
    case .registerDevice, .requestNewLink: "Open the link in the mail on this device."
    case .stepUpNeeded: "Confirm that it is you."
    case .fixConfiguration, .bug: "This does not work at present. Report \(error.requestId ?? "it")."
    }
}
// <<< ARTICLE

// ARTICLE >>>
/// For `#Preview`: a model of each picture of the screen.
@MainActor private func pictures() -> [StepUpFlowModel] {
    Samples.flowStates.map { .sample($0) }
}
// <<< ARTICLE

/// What the app draws.
@MainActor private protocol StepUpScreen: Sendable {
    func offer(_ options: [StepUpOption], after error: StepUpError?)
    func askForCode(sentTo destination: String?, after error: StepUpError?)
    func wait()
    func close()
}

/// A screen whose user takes the code by e-mail, and types the one that was sent.
private final class TestScreen: StepUpScreen {
    private(set) var drawn: [String] = []
    private let flow: StepUpFlow
    private let sandbox: Sandbox

    init(of flow: StepUpFlow, sandbox: Sandbox) {
        (self.flow, self.sandbox) = (flow, sandbox)
    }

    func offer(_ options: [StepUpOption], after error: StepUpError?) {
        drawn.append("offer")
        #expect(throws: Never.self) { try flow.select(optionId: #require(options.first?.id)) }
    }

    func askForCode(sentTo destination: String?, after error: StepUpError?) {
        drawn.append("askForCode")
        #expect(destination == "a•••@example.com" && error == nil)
        Task { try await flow.submit(code: sandbox.code(for: ada)) }
    }

    func wait() { drawn.append("wait") }
    func close() { drawn.append("close") }
}

/// Remembers where a code went that it was to ask for.
private final class TestPrompt: StepUpScreen {
    private(set) var destination: String?

    func offer(_ options: [StepUpOption], after error: StepUpError?) {}
    func askForCode(sentTo destination: String?, after error: StepUpError?) { self.destination = destination }
    func wait() {}
    func close() {}
}

extension World {
    /// Shows a flow to somebody who reads the mail.
    fileprivate var present: @Sendable (StepUpFlow) async -> Void {
        { flow in
            let person = reader(of: ada)
            _ = try? await show(flow) { try await person.act(on: $0, of: flow) }
        }
    }
}

extension AllTests {
    @Suite struct ArticleTests {
        // ARTICLE >>>
        @Test func theUserProvesWhoTheyAre() async throws {
            let phone = TestPhone(sandbox: try Sandbox())
            let client = try phone.client()
            _ = try await client.auth.sendEmailOtp(email: "ada@example.com")
            let code = try await phone.sandbox.code(for: "ada@example.com")
            _ = try await client.auth.signInWithOtp(code: code)

            let check = try await client.stepUp.check(scope: TokenScope.walletExport)
            #expect(check.isRequired)
        }
        // <<< ARTICLE

        @Test func aCodeSignsIn() async throws {
            let world = try await World()
            let session = try await StepUpTests.signIn(world.client, email: ada) {
                try await world.sandbox.code(for: ada)
            }
            #expect(session.user.email == ada)
        }

        @Test @MainActor func aScreenFollowsAFlow() async throws {
            let world = try await World()
            try await world.signIn()
            let flow = try world.client.stepUp.start(scopes: [TokenScope.walletExport], autoSelect: false)
            let screen = TestScreen(of: flow, sandbox: world.sandbox)
            try await follow(flow, on: screen)
            #expect(screen.drawn.contains("offer") && screen.drawn.contains("askForCode"))
            #expect(screen.drawn.last == "close")
        }

        @Test func aCredentialIsRemovedAfterAStepUp() async throws {
            let world = try await World()
            try await world.signInWithEmailAndWallet()
            let credentials = try #require(try await world.client.auth.session()).user.verifiedCredentials
            let wallet = try #require(credentials.first { $0.format == .blockchain })
            let session = try await removeCredential(wallet.id, of: world.client, present: world.present)
            #expect(!session.user.verifiedCredentials.map(\.id).contains(wallet.id))
        }

        @Test func theAppsOwnHttpClientIsUsed() async throws {
            let world = try await World()
            try await world.signIn()
            let key = try await readKey(with: world.client, present: world.present) { headers in
                let answer = try await world.callBackend(TokenScope.walletExport, with: headers)
                return (answer.status, answer.body)
            }
            #expect(String(decoding: key, as: UTF8.self).contains(TokenScope.walletExport))
        }

        @Test func aLinkThatOpensTheAppRegistersTheDevice() async throws {
            let phone = try await World(policy: #"{"deviceRegistration":true}"#)
            try await phone.signIn()
            let tablet = try World(on: phone.sandbox, phone: "tablet")
            try await tablet.signIn()
            #expect(tablet.client.deviceRegistration.isRequired())
            try await open(phone.sandbox.registrationLink(for: ada), with: tablet.client)
            #expect(!tablet.client.deviceRegistration.isRequired())
        }

        @Test func aPasskeyIsAddedAfterAStepUp() async throws {
            let world = try await World()
            try await world.signIn()
            #expect(try await addPasskey(to: world.client, present: world.present).count == 1)
        }

        @Test func aSocialAccountSignsInOrIsNotUsed() async throws {
            let world = try await World(policy: #"{"providers":[{"provider":"google"}]}"#)
            #expect(try await signInWithGoogle(world.client) != nil)
            await world.browser.set(.fails(PlatformError.Cancelled))
            #expect(try await signInWithGoogle(world.client) == nil)
        }

        @Test func anAuthenticatorAppIsAdded() async throws {
            let world = try await World()
            try await world.signIn()
            let codes = try await addAuthenticatorApp(to: world.client, present: world.present) {
                try await world.code(of: AuthenticatorApp($0))
            }
            #expect(codes.count > 1)
        }

        @Test func anAddressIsLinked() async throws {
            let world = try await World()
            try await world.signIn()
            let other = "lovelace@example.com"
            let outcome = try await link(other, to: world.client, present: world.present) { _ in
                try await world.sandbox.code(for: other)
            }
            guard case .done(let session) = outcome else { throw PlatformError.NotFound }
            #expect(session.user.verifiedCredentials.compactMap(\.email).contains(other))
        }

        @Test @MainActor func theNextProcessGoesOn() async throws {
            let world = try await World()
            _ = try await world.client.auth.sendEmailOtp(email: ada)
            let (again, prompt) = (try world.restarted(), TestPrompt())
            try await goOn(with: again.client, on: prompt)
            #expect(prompt.destination == "a•••@example.com")
        }

        @Test func everyErrorHasAnAdvice() {
            #expect(advice(for: .Cancelled) == nil)
            let wrong = StepUpError.InvalidCode(reason: .wrong, answer: nil)
            #expect(advice(for: wrong) == "That is not the code. Try again.")
            let limited = StepUpError.RateLimited(retryAfter: .seconds(3), answer: nil)
            #expect(advice(for: limited) == "Try again in 3.0 seconds.")
        }

        @Test @MainActor func thereIsAPreviewOfEachPicture() {
            #expect(pictures().map(\.state) == Samples.flowStates)
        }

        @Test func theExamplesAreTheArticles() throws {
            let source = try String(contentsOfFile: #filePath, encoding: .utf8)
            let marked = /\n *\/\/ ARTICLE >>>\n(.*?) *\/\/ <<< ARTICLE\n/.dotMatchesNewlines()
            let compiled = source.matches(of: marked).map { example in
                let lines = example.1.replacingOccurrences(of: "private func", with: "func").split(
                    separator: "\n", omittingEmptySubsequences: false)
                let indentation = lines.first?.prefix { $0 == " " }.count ?? 0
                return lines.map { $0.dropFirst(indentation) }.joined(separator: "\n")
            }
            let written = try articles().flatMap { article in
                article.matches(of: /```swift\n(.*?)```\n/.dotMatchesNewlines()).map { String($0.1) }
            }
            #expect(compiled.count == 13)
            #expect(Set(compiled) == Set(written))
        }

        private func articles() throws -> [String] {
            let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
            let catalogue = package.appendingPathComponent("Sources/StepUp/StepUp.docc")
            let names = try FileManager.default.contentsOfDirectory(atPath: catalogue.path)
            return try names.filter { $0.hasSuffix(".md") }.map { name in
                try String(contentsOf: catalogue.appendingPathComponent(name), encoding: .utf8)
            }
        }
    }
}
