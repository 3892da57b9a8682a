import Foundation
import StepUp
import Testing

// The README's example, between its marks to the letter.
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

        @Test func theExampleIsTheReadmes() throws {
            let source = try String(contentsOfFile: #filePath, encoding: .utf8)
            let start = try #require(source.range(of: "// README >>>\n"))
            let end = try #require(source.range(of: "// <<< README\n"))
            let example = source[start.upperBound..<end.lowerBound]
                .replacingOccurrences(of: "private func", with: "func")
            let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
            let readme = try String(contentsOf: package.appendingPathComponent("README.md"), encoding: .utf8)
            #expect(readme.contains("```swift\n\(example)```\n"))
        }
    }
}
