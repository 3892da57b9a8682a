import StepUp
import Testing

extension AllTests {
    /// Every call of `auth`, with a good and a bad input.
    @Suite struct AuthCallTests {
        @Test func aCodeByEmail() async throws {
            let world = try await World()
            let auth = world.client.auth
            let sent = try await auth.sendEmailOtp(email: ada)
            #expect(sent.channel == .email && sent.maskedDestination == "a•••@example.com")
            #expect(sent.resendAt > .now)

            let refused = await error { try await auth.sendEmailOtp(email: "ada") }
            #expect(refused?.argument == "email" && refused?.kind() == .askUserAgain)
        }

        @Test func aCodeBySms() async throws {
            let world = try await World()
            let auth = world.client.auth
            let phone = PhoneNumber(countryCode: "+1", number: "202 555 0167")
            let sent = try await auth.sendSmsOtp(phone: phone)
            #expect(sent.channel == .sms && sent.maskedDestination == "+1 •••67")
            let code = try await world.sandbox.code(for: "+12025550167")
            let options = SignInOptions(verificationId: sent.id)
            let outcome = try await auth.signInWithOtp(code: code, options: options)
            guard case .done(let session, let granted) = outcome else { return }
            #expect(session.user.phoneNumber?.hasSuffix("2025550167") == true)
            #expect(granted.isEmpty)

            let wrong = PhoneNumber(countryCode: "x", number: "1")
            let refused = await error { try await auth.sendSmsOtp(phone: wrong) }
            #expect(refused?.argument == "phone")
        }

        @Test func aCodeAgain() async throws {
            let world = try await World()
            let auth = world.client.auth
            let none = await error { try await auth.resendOtp() }
            #expect(none?.argument == "verification_id")
            let sent = try await auth.sendEmailOtp(email: ada)
            let again = try await auth.resendOtp(verificationId: sent.id)
            #expect(again.maskedDestination == sent.maskedDestination)
            let unknown = await error { try await auth.resendOtp(verificationId: "unknown") }
            #expect(unknown?.argument == "verification_id")
        }

        @Test func signInWithACode() async throws {
            let world = try await World()
            let auth = world.client.auth
            _ = try await auth.sendEmailOtp(email: ada)
            let malformed = await error { try await auth.signInWithOtp(code: "12") }
            #expect(malformed == .InvalidCode(reason: .malformed, answer: nil))
            let code = try await world.sandbox.code(for: ada)
            let other = code == "000000" ? "000001" : "000000"
            let wrong = await error { try await auth.signInWithOtp(code: other) }
            #expect(wrong?.kind() == .askUserAgain && wrong?.serverAnswer() != nil)

            let options = SignInOptions(requestedScopes: [TokenScope.walletExport])
            let outcome = try await auth.signInWithOtp(code: code, options: options)
            guard case .done(let session, let granted) = outcome else { return }
            #expect(session.user.email == ada && session.expiresAt > .now)
            #expect(granted == [TokenScope.walletExport])
            #expect(world.client.stepUp.hasElevatedAccessToken(scope: TokenScope.walletExport))
        }

        @Test func aSecondFactorCompletesTheSignIn() async throws {
            let world = try await World()
            let auth = world.client.auth
            try await world.signInToAddFactors()
            _ = try await world.client.passkeys.register()
            let app = try await world.enrollAuthenticatorApp()
            let recovery = try await world.client.mfa.recoveryCodes()
            _ = try await world.client.mfa.acknowledgeRecoveryCodes()
            try await world.sandbox.patchPolicy(#"{"mfa":{"session":true}}"#)

            func waiting() async throws {
                try await auth.logout()
                // Only so many codes are sent to one address in ten minutes.
                _ = try await world.sandbox.advanceClock(seconds: 601)
                #expect(try await world.signIn().duties == [.completeMfa])
            }
            try await waiting()
            let malformed = await error { try await auth.completeMfaTotp(code: "1") }
            #expect(malformed?.kind() == .askUserAgain)
            let code = try await world.code(of: app)
            #expect(try await auth.completeMfaTotp(code: code, deviceId: app.deviceId).duties.isEmpty)

            try await waiting()
            await world.passkeys.set(.fails(PlatformError.Cancelled))
            #expect(await error { try await auth.completeMfaPasskey() } == .Cancelled)
            await world.passkeys.set(.works)
            #expect(try await auth.completeMfaPasskey().duties.isEmpty)

            try await waiting()
            let wrong = await error { try await auth.completeMfaRecovery(code: "no such code") }
            #expect(wrong?.kind() == .askUserAgain)
            let good = try #require(recovery.first?.expose())
            #expect(try await auth.completeMfaRecovery(code: good).duties.isEmpty)
        }

        @Test func aPasskeySignsItsUserIn() async throws {
            let world = try await World()
            let auth = world.client.auth
            let user = try await world.signInToAddFactors().user.id
            _ = try await world.client.passkeys.register()
            try await auth.logout()
            let options = SignInOptions(requestedScopes: [TokenScope.walletExport])
            let outcome = try await auth.signInWithPasskey(options: options)
            guard case .done(let session, let granted) = outcome else { return }
            #expect(session.user.id == user && granted == [TokenScope.walletExport])

            await world.passkeys.set(.fails(PlatformError.Cancelled))
            let declined = await error {
                try await auth.signInWithPasskey(relatedOriginRpId: "other.example")
            }
            #expect(declined == .Cancelled)
            let other = try World(on: world.sandbox, phone: "other")
            let none = await error { try await other.client.auth.signInWithPasskey() }
            #expect(none == .MethodUnavailable(reason: .notOnThisDevice, answer: nil))
        }

        @Test func theSessionAndItsTokens() async throws {
            let world = try await World()
            let auth = world.client.auth
            #expect(try await auth.session() == nil)
            let signedOut = await error { try await auth.sessionToken(kind: .minified) }
            #expect(signedOut == .NotSignedIn(answer: nil))

            let user = try await world.signIn().user
            #expect(try await auth.session()?.user.id == user.id)
            let minified = try await auth.sessionToken(kind: .minified)?.expose()
            #expect(minified?.split(separator: ".").count == 3)
            let full = try await auth.sessionToken(kind: .full)?.expose()
            #expect(full != nil && full != minified)
        }

        @Test func refresh() async throws {
            let world = try await World()
            let auth = world.client.auth
            #expect(await error { try await auth.refresh() }?.kind() == .signInAgain)
            try await world.signIn()
            let before = try await auth.sessionToken(kind: .minified)
            _ = try await auth.refresh()
            #expect(try await auth.sessionToken(kind: .minified) != before)
        }

        @Test func logout() async throws {
            let world = try await World()
            let auth = world.client.auth
            try await auth.logout()
            try await world.signIn()
            await world.storage.set(.fails(PlatformError.Locked), for: "delete")
            let failed = await error { try await auth.logout() }
            #expect(failed == .StorageFailed(reason: .locked))
            #expect(await !world.storage.records.isEmpty)
            await world.storage.set(.works)
            #expect(try await auth.session() == nil)
            try await auth.logout()
            #expect(await world.storage.records.isEmpty)
        }
    }
}

extension StepUpError {
    /// The argument that was refused.
    var argument: String? {
        guard case .InvalidArgument(let argument, _) = self else { return nil }
        return argument
    }
}
