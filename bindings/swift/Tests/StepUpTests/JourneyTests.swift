import StepUp
import Testing

extension AllTests {
    /// The main job from beginning to end.
    @Suite struct JourneyTests {
        @Test func checkVerifyProceed() async throws {
            let world = try await World()
            try await world.signIn()
            let stepUp = world.client.stepUp

            let check = try await stepUp.check(scope: TokenScope.walletExport)
            #expect(check.isRequired && check.isConfirmed)
            #expect(check.reason == .requiredByServer)
            #expect(check.credentials.count == 1)
            #expect(check.defaultCredentialId == check.credentials.first?.id)

            let sent = try await stepUp.sendOtp(credentialId: check.defaultCredentialId)
            #expect(sent.maskedDestination == "a•••@example.com")
            let code = try await world.sandbox.code(for: ada)
            let elevation = try await stepUp.verifyOtp(
                code: code, scopes: [TokenScope.walletExport], verificationId: sent.id)
            #expect(elevation.singleUse)
            #expect(elevation.scopes == [TokenScope.walletExport])
            #expect(stepUp.hasElevatedAccessToken(scope: TokenScope.walletExport))

            #expect(try await world.callBackend(TokenScope.walletExport) == 200)
            let again = await error { try await world.callBackend(TokenScope.walletExport) }
            #expect(again?.kind() == .stepUpNeeded)
        }

        @Test func factorsAreAddedUsedAndRemoved() async throws {
            let world = try await World()
            try await world.signInToAddFactors()
            let (mfa, stepUp) = (world.client.mfa, world.client.stepUp)

            // The permission lasts ten minutes, so both factors are added with it.
            _ = try await world.client.passkeys.register()
            let app = try await world.enrollAuthenticatorApp()

            let codes = try await mfa.recoveryCodes()
            #expect(codes.count == 10)
            #expect(try await world.client.auth.refresh().duties.contains(.acknowledgeRecoveryCodes))
            #expect(try await mfa.acknowledgeRecoveryCodes().duties.isEmpty)
            let factors = try await world.factors()
            #expect(Set(factors.map(\.kind)) == [.totp, .passkey])

            let export = [TokenScope.walletExport]
            _ = try await stepUp.verifyTotp(code: world.code(of: app), scopes: export)
            _ = try await stepUp.verifyPasskey(scopes: export)
            let code = try #require(codes.first?.expose())
            _ = try await stepUp.verifyRecoveryCode(code: code, scopes: export)
            let used = await error { try await stepUp.verifyRecoveryCode(code: code, scopes: export) }
            #expect(used?.kind() == .askUserAgain)

            _ = try await stepUp.verifyPasskey(scopes: [TokenScope.credentialUnlink])
            try await mfa.delete(id: app.deviceId)
            let passkey = try #require(factors.first { $0.kind == .passkey })
            try await world.client.passkeys.delete(id: passkey.id)
            #expect(try await world.factors().isEmpty)
        }

        @Test func aSessionSurvivesARestartAndNotALogout() async throws {
            let world = try await World()
            let user = try await world.signIn().user
            let restarted = try world.restarted()
            #expect(try await restarted.client.auth.session()?.user.id == user.id)

            try await restarted.client.auth.logout()
            #expect(try await restarted.client.auth.session() == nil)
            #expect(await world.storage.records.isEmpty)
            #expect(try await restarted.restarted().client.auth.session() == nil)
        }
    }
}
