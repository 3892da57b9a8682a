import StepUp
import Testing

extension AllTests {
    /// Every call of `mfa` and `passkeys`, with a good and a bad input.
    @Suite struct MfaCallTests {
        @Test func anAuthenticatorAppIsAddedListedAndRemoved() async throws {
            let world = try await World()
            let mfa = world.client.mfa
            #expect(await error { try await mfa.methods() }?.kind() == .signInAgain)
            try await world.signIn()
            let gated = await error { try await mfa.enrollTotp() }
            #expect(gated?.kind() == .stepUpNeeded)

            try await world.signInToAddFactors()
            #expect(try await mfa.methods().isEmpty)
            let enrollment = try await mfa.enrollTotp()
            #expect(enrollment.uri.hasPrefix("otpauth://totp/"))
            #expect(enrollment.qrCode.modules.count == Int(enrollment.qrCode.size * enrollment.qrCode.size))
            let malformed = await error { try await mfa.confirmTotp(code: "one two") }
            #expect(malformed == .InvalidCode(reason: .malformed, answer: nil))
            let app = AuthenticatorApp(enrollment)
            let session = try await mfa.confirmTotp(code: world.code(of: app))
            #expect(session.user.email == ada)
            let factor = try #require(try await mfa.methods().first)
            #expect(factor.id == app.deviceId && factor.kind == .totp && factor.isVerified)

            let kept = await error { try await mfa.delete(id: factor.id) }
            #expect(kept?.kind() == .stepUpNeeded)
            _ = try await world.client.stepUp.verifyTotp(
                code: world.code(of: app), scopes: [TokenScope.credentialUnlink])
            let unknown = await error { try await mfa.delete(id: "unknown") }
            #expect(unknown?.kind() == .chooseAnotherMethod)
            _ = try await world.client.stepUp.verifyTotp(
                code: world.code(of: app), scopes: [TokenScope.credentialUnlink])
            try await mfa.delete(id: factor.id)
            #expect(try await mfa.methods().isEmpty)
        }

        @Test func recoveryCodes() async throws {
            let world = try await World()
            let mfa = world.client.mfa
            for call in [mfa.recoveryCodes, mfa.regenerateRecoveryCodes] {
                #expect(await error(of: call)?.kind() == .signInAgain)
            }
            #expect(await error { try await mfa.acknowledgeRecoveryCodes() }?.kind() == .signInAgain)

            try await world.signInToAddFactors()
            _ = try await world.enrollAuthenticatorApp()
            let codes = try await mfa.recoveryCodes()
            #expect(Set(codes).count == 10)
            #expect(try await mfa.recoveryCodes() == codes)
            _ = try await mfa.acknowledgeRecoveryCodes()
            let acknowledged = await error { try await mfa.recoveryCodes() }
            guard case .Server = acknowledged else {
                Issue.record("\(String(describing: acknowledged))")
                return
            }
            #expect(try await Set(mfa.regenerateRecoveryCodes()).isDisjoint(with: codes))
        }

        @Test func aPasskeyIsAddedAndRemoved() async throws {
            let world = try await World()
            let (passkeys, mfa) = (world.client.passkeys, world.client.mfa)
            try await world.signIn()
            let gated = await error { try await passkeys.register() }
            #expect(gated?.kind() == .stepUpNeeded)
            #expect(await world.passkeys.ceremonies == 0)

            try await world.signInToAddFactors()
            await world.passkeys.set(.fails(PlatformError.Cancelled))
            #expect(await error { try await passkeys.register() } == .Cancelled)
            await world.passkeys.set(.works)
            #expect(try await passkeys.register().user.email == ada)
            let passkey = try #require(try await mfa.methods().first)
            #expect(passkey.kind == .passkey)

            let unlink = [TokenScope.credentialUnlink]
            _ = try await world.client.stepUp.verifyPasskey(scopes: unlink)
            let missing = "7d444840-9dc0-11d1-b245-5ffdce74fad2"
            let unknown = await error { try await passkeys.delete(id: missing) }
            #expect(unknown?.kind() == .chooseAnotherMethod)
            _ = try await world.client.stepUp.verifyPasskey(scopes: unlink)
            try await passkeys.delete(id: passkey.id)
            #expect(try await mfa.methods().isEmpty)
        }
    }
}
