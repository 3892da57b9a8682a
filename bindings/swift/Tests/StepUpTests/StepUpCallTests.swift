import Foundation
import StepUp
import Testing

private let export = [TokenScope.walletExport]

extension AllTests {
    /// Every call of `stepUp`, with a good and a bad input.
    @Suite struct StepUpCallTests {
        @Test func whatIsHeldIsAnsweredFromMemory() async throws {
            let world = try await World()
            let stepUp = world.client.stepUp
            try await world.signIn()
            let granted = try await world.verifyByEmail([TokenScope.userUpdate])
            let requests = try await world.sandbox.requests().count
            #expect(stepUp.hasElevatedAccessToken(scope: TokenScope.userUpdate))
            #expect(stepUp.elevation(scope: TokenScope.userUpdate) == granted)
            #expect(!granted.singleUse && granted.expiresAt > .now)
            for scope in ["", "not a scope", TokenScope.walletSign] {
                #expect(!stepUp.hasElevatedAccessToken(scope: scope))
                #expect(stepUp.elevation(scope: scope) == nil)
            }
            #expect(try await world.sandbox.requests().count == requests)
        }

        @Test func check() async throws {
            let world = try await World()
            let stepUp = world.client.stepUp
            #expect(try await stepUp.check(scope: TokenScope.walletExport).reason == .notSignedIn)
            try await world.signIn()
            #expect(try await stepUp.check(scope: TokenScope.walletExport).reason == .requiredByServer)
            #expect(try await stepUp.check(scope: TokenScope.walletSign).reason == .notRequiredByServer)
            #expect(try await stepUp.isRequired(scope: TokenScope.walletExport))
            #expect(try await !stepUp.isRequired(scope: TokenScope.walletSign))
            _ = try await world.verifyByEmail(export)
            #expect(try await stepUp.check(scope: TokenScope.walletExport).reason == .tokenHeld)
            for scope in ["", "two words", String(repeating: "x", count: 10_000)] {
                #expect(await error { try await stepUp.check(scope: scope) }?.argument == "scope")
                #expect(await error { try await stepUp.isRequired(scope: scope) }?.argument == "scope")
            }
        }

        @Test func aCheckThatCannotAskSaysRequired() async throws {
            let world = try await World()
            try await world.signIn()
            try await world.sandbox.fault("POST", "stepUp/check", #""status":503"#)
            let check = try await world.client.stepUp.check(scope: TokenScope.walletSign)
            #expect(check.isRequired && !check.isConfirmed)
            #expect(check.reason == .couldNotAsk(kind: .retryLater))
            #expect(check.credentials.count == 1)
        }

        @Test func aCodeForAStepUp() async throws {
            let world = try await World()
            let stepUp = world.client.stepUp
            #expect(await error { try await stepUp.sendOtp() }?.kind() == .signInAgain)
            try await world.signIn()
            let unknown = await error { try await stepUp.sendOtp(credentialId: "unknown") }
            #expect(unknown == .MethodUnavailable(reason: .notEnrolled, answer: nil))

            let sent = try await stepUp.sendOtp()
            let again = try await stepUp.resendOtp(verificationId: sent.id)
            let missing = await error { try await stepUp.resendOtp(verificationId: "unknown") }
            #expect(missing?.argument == "verification_id")

            let code = try await world.sandbox.code(for: ada)
            let noScope = await error { try await stepUp.verifyOtp(code: code, scopes: []) }
            #expect(noScope?.argument == "scopes")
            let malformed = await error { try await stepUp.verifyOtp(code: "abc", scopes: export) }
            #expect(malformed?.kind() == .askUserAgain)
            let verified = try await stepUp.verifyOtp(
                code: code, scopes: export, verificationId: again.id)
            #expect(verified.scopes == export)
        }

        @Test func anAuthenticatorApp() async throws {
            let world = try await World()
            let stepUp = world.client.stepUp
            try await world.signInToAddFactors()
            let app = try await world.enrollAuthenticatorApp()
            let code = try await world.code(of: app)
            let unknown = await error {
                try await stepUp.verifyTotp(code: code, scopes: export, deviceId: "unknown")
            }
            #expect(unknown?.kind() == .chooseAnotherMethod)
            let malformed = await error { try await stepUp.verifyTotp(code: "", scopes: export) }
            #expect(malformed == .InvalidCode(reason: .malformed, answer: nil))
            let verified = try await stepUp.verifyTotp(
                code: code, scopes: export, deviceId: app.deviceId)
            #expect(verified.singleUse)
        }

        @Test func aPasskey() async throws {
            let world = try await World()
            let stepUp = world.client.stepUp
            try await world.signInToAddFactors()
            let none = await error { try await stepUp.preparePasskey() }
            #expect(none == .MethodUnavailable(reason: .notEnrolled, answer: nil))
            _ = try await world.client.passkeys.register()

            #expect(try await stepUp.verifyPasskey(scopes: export).scopes == export)
            let noScope = await error { try await stepUp.verifyPasskey(scopes: []) }
            #expect(noScope?.argument == "scopes")

            let prepared = try await stepUp.preparePasskey()
            #expect(prepared.expiresAt > .now)
            #expect(try await stepUp.performPasskey(prepared: prepared, scopes: export).scopes == export)
            let broken = PreparedPasskey(optionsJson: "{}", expiresAt: prepared.expiresAt)
            let refused = await error { try await stepUp.performPasskey(prepared: broken, scopes: export) }
            #expect(refused == .CallbackFailed(what: .passkey))
        }

        @Test func aRecoveryCode() async throws {
            let world = try await World()
            let stepUp = world.client.stepUp
            try await world.signInToAddFactors()
            _ = try await world.enrollAuthenticatorApp()
            let code = try #require(try await world.client.mfa.recoveryCodes().last?.expose())
            let wrong = await error { try await stepUp.verifyRecoveryCode(code: "", scopes: export) }
            #expect(wrong?.kind() == .askUserAgain)
            #expect(try await stepUp.verifyRecoveryCode(code: code, scopes: export).scopes == export)
        }

        @Test func theTokenItself() async throws {
            let world = try await World()
            let stepUp = world.client.stepUp
            let signedOut = await error {
                try await stepUp.takeElevatedAccessToken(scope: TokenScope.walletExport)
            }
            #expect(signedOut?.kind() == .signInAgain)
            try await world.signIn()
            #expect(try await stepUp.takeElevatedAccessToken(scope: TokenScope.walletExport) == nil)
            _ = try await world.verifyByEmail(export)
            let token = try await stepUp.takeElevatedAccessToken(scope: TokenScope.walletExport)
            #expect(token?.expose().split(separator: ".").count == 3)
            #expect(try await stepUp.takeElevatedAccessToken(scope: TokenScope.walletExport) == nil)
        }

        @Test func headersForTheAppsOwnBackend() async throws {
            let world = try await World()
            let stepUp = world.client.stepUp
            try await world.signIn()
            let bearer = try await stepUp.authorizationHeaders(scope: TokenScope.walletSign)
            #expect(bearer.map(\.name) == ["Authorization"])
            let required = await error {
                try await stepUp.authorizationHeaders(scope: TokenScope.walletExport)
            }
            #expect(required?.kind() == .stepUpNeeded)
            _ = try await world.verifyByEmail(export)
            let both = try await stepUp.authorizationHeaders(scope: TokenScope.walletExport)
            #expect(both.map(\.name) == ["Authorization", "x-dyn-elevated-access-token"])
            let invalid = await error { try await stepUp.authorizationHeaders(scope: "a b") }
            #expect(invalid?.argument == "scope")
        }

        @Test func whatTheAppsOwnBackendRefuses() async throws {
            let world = try await World()
            let (stepUp, scope) = (world.client.stepUp, TokenScope.credentialUnlink)
            try await world.signIn()
            _ = try await world.verifyByEmail([scope])
            let headers = try await stepUp.authorizationHeaders(scope: scope)
            #expect(headers.map(\.singleUse) == [false, false])
            let refusal = Data(#"{"error":"Elevated access token required"}"#.utf8)
            for (status, body) in [(200, refusal), (403, Data("no".utf8)), (-1, refusal), (.max, refusal)] {
                try await stepUp.ensureNotRefused(
                    scope: scope, headers: headers, status: status, body: body)
            }
            #expect(stepUp.hasElevatedAccessToken(scope: scope))
            let refused = await error {
                try await stepUp.ensureNotRefused(
                    scope: scope, headers: headers, status: 403, body: refusal)
            }
            #expect(refused?.kind() == .stepUpNeeded)
            #expect(!stepUp.hasElevatedAccessToken(scope: scope))
        }
    }
}
