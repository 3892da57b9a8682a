import Foundation
import StepUp
import Testing

/// Everything that printing, interpolating, debugging and dumping shows of a value.
func printed(_ value: Any) -> String {
    var dumped = ""
    dump(value, to: &dumped)
    return [String(describing: value), "\(value)", String(reflecting: value), dumped].joined(separator: "\n")
}

extension AllTests {
    /// Nothing that holds a secret shows it, however it is printed.
    @Suite struct RedactionTests {
        @Test func tokensCodesAndHeaders() async throws {
            let world = try await World()
            try await world.signInToAddFactors()
            let enrollment = try await world.client.mfa.enrollTotp()
            let app = AuthenticatorApp(enrollment)
            _ = try await world.client.mfa.confirmTotp(code: world.code(of: app))
            #expect(!printed(enrollment).contains(enrollment.secret))
            #expect(!printed(enrollment).contains("otpauth"))
            #expect(!printed(enrollment.qrCode).contains("svg"))

            let codes = try await world.client.mfa.recoveryCodes()
            #expect(codes.allSatisfy { !printed(codes).contains($0.expose()) })
            let session = try #require(try await world.client.auth.sessionToken(kind: .full))
            #expect(!printed(session as Any).contains(session.expose()))

            let export = [TokenScope.walletExport]
            _ = try await world.client.stepUp.verifyRecoveryCode(code: codes[0].expose(), scopes: export)
            let headers = try await world.client.stepUp.authorizationHeaders(scope: TokenScope.walletExport)
            #expect(headers.count == 2)
            for header in headers {
                #expect(!printed(headers).contains(header.value))
            }
            _ = try await world.client.stepUp.verifyRecoveryCode(code: codes[1].expose(), scopes: export)
            let token = try await world.client.stepUp.takeElevatedAccessToken(scope: TokenScope.walletExport)
            #expect(!printed(token as Any).contains(try #require(token?.expose())))
        }

        @Test func peopleAndTheirCredentials() async throws {
            let world = try await World()
            let session = try await world.signIn()
            #expect(session.user.email == ada && session.user.verifiedCredentials.first?.email == ada)
            let check = try await world.client.stepUp.check(scope: TokenScope.walletExport)
            #expect(check.credentials.first?.alias == ada)
            let sent = try await world.client.stepUp.sendOtp()
            for value in [session, session.user, session.user.verifiedCredentials, check, sent] as [Any] {
                #expect(!printed(value).contains(ada))
            }
            #expect(!printed(PhoneNumber(countryCode: "1", number: "2025550167")).contains("5550167"))
            let factor = MfaFactor(
                id: "id", kind: .totp, isVerified: true, isDefault: true, alias: "Ada's", createdAt: nil)
            #expect(!printed(factor).contains("Ada's"))
            let passkey = Passkey(
                id: "id", credentialId: "c", alias: "Ada's", createdAt: nil, updatedAt: nil, userAgent: nil,
                origin: nil, storageName: nil)
            #expect(!printed(passkey).contains("Ada's"))
            let outcome = SignInOutcome.done(session: session, granted: [])
            #expect(!printed(outcome).contains(ada))
        }

        @Test func whatCallbacksAreGivenAndWhatCallsAreGiven() {
            let account = WalletAccount(
                address: "0xada", chain: .evm, walletName: "Test Wallet", walletProvider: .deepLink)
            let values: [Any] = [
                account, LinkOutcome.transferRequired(account: account),
                WalletMessage(account: account, message: "0xada wants to sign in"),
                BrowserRequest(url: "https://provider.example/?state=0xada", redirectUrl: "app:0xada"),
                UserUpdate(firstName: "0xada"), MergeChoice(userId: "id", value: "0xada"),
                LegacyMfaFactor.totp(code: "0xada", deviceId: nil),
                LegacyMfaFactor.recoveryCode(code: "0xada"),
                LegacyMfaFactor.email(code: "0xada", verificationId: nil),
            ]
            for value in values {
                #expect(!printed(value).contains("0xada"), "\(type(of: value))")
            }
        }

        @Test func errorsSayWhatHappenedAndNoMore() async throws {
            let world = try await World()
            let refused = await error { try await world.client.auth.sendEmailOtp(email: "ada at example") }
            #expect(!printed(refused as Any).contains("ada at"))
            let told: any Error = try #require(refused)
            #expect(told.localizedDescription == "argument: `email` is not an e-mail address")
            #expect("\(told)" == told.localizedDescription)
            let thrown = PlatformError.Internal(reason: "host-secret")
            #expect(!printed(thrown).contains("host-secret"))
            #expect(thrown.localizedDescription == "internal")
        }
    }
}
