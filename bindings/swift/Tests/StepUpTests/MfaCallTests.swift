import Foundation
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
            #expect(try await world.factors().isEmpty)
            let enrollment = try await mfa.enrollTotp()
            #expect(enrollment.uri.hasPrefix("otpauth://totp/"))
            #expect(enrollment.qrCode.modules.count == Int(enrollment.qrCode.size * enrollment.qrCode.size))
            let malformed = await error { try await mfa.confirmTotp(code: "one two") }
            #expect(malformed == .InvalidCode(reason: .malformed, answer: nil))
            let app = AuthenticatorApp(enrollment)
            let session = try await mfa.confirmTotp(code: world.code(of: app))
            #expect(session.user.email == ada)
            let factor = try #require(try await world.factors().first)
            #expect(factor.id == app.deviceId && factor.kind == .totp && factor.isVerified)
            let methods = try await mfa.methods()
            #expect(methods.map(\.kind) == [.totp, .passkey])
            #expect(methods.allSatisfy(\.isEnabled) && methods.map(\.isEnrolled) == [true, false])

            let kept = await error { try await mfa.delete(id: factor.id) }
            #expect(kept?.kind() == .stepUpNeeded)
            _ = try await world.client.stepUp.verifyTotp(
                code: world.code(of: app), scopes: [TokenScope.credentialUnlink])
            let unknown = await error { try await mfa.delete(id: "unknown") }
            #expect(unknown?.kind() == .chooseAnotherMethod)
            _ = try await world.client.stepUp.verifyTotp(
                code: world.code(of: app), scopes: [TokenScope.credentialUnlink])
            try await mfa.delete(id: factor.id)
            #expect(try await world.factors().isEmpty)
        }

        @Test func aCodeOfAnotherMomentTellsHowFarTheClockIsOff() async throws {
            let world = try await World()
            try await world.signInToAddFactors()
            // Early in the life of a code, so that the same one holds to the end.
            var now = try await world.sandbox.advanceClock(seconds: 0)
            let elapsed = Int(now.timeIntervalSince1970) % 30
            now = try await world.sandbox.advanceClock(seconds: 35 - elapsed)
            let app = AuthenticatorApp(try await world.client.mfa.enrollTotp())
            let requests = try await world.sandbox.requests().count
            let code = app.code(at: now.addingTimeInterval(300))
            let told = await error { try await world.client.mfa.confirmTotp(code: code) }
            #expect(told == .AuthenticatorClockWrong(seconds: 300))
            #expect(try await world.sandbox.requests().count == requests)
        }

        @Test func theFactorThatIsOfferedFirst() async throws {
            let world = try await World()
            let mfa = world.client.mfa
            try await world.signInToAddFactors()
            _ = try await world.client.passkeys.register()
            let app = try await world.enrollAuthenticatorApp()
            try await mfa.setDefault(id: app.deviceId)
            #expect(try await mfa.methods().filter(\.isDefault).map(\.kind) == [.totp])
            let unknown = await error { try await mfa.setDefault(id: "unknown") }
            #expect(unknown?.kind() == .chooseAnotherMethod)
            #expect(await error { try await mfa.setDefault(id: "") }?.argument == "id")
        }

        @Test func emailAsAFactor() async throws {
            let world = try await World(policy: #"{"mfa":{"methods":["totp","email"],"session":true}}"#)
            let (auth, stepUp) = (world.client.auth, world.client.stepUp)
            #expect(try await world.signIn().duties == [.completeMfa])
            let none = await error { try await auth.completeMfaEmail(code: "123456") }
            #expect(none?.argument == "verification_id")
            var sent = try await stepUp.sendOtp()
            var code = try await world.sandbox.code(for: ada)
            #expect(try await auth.completeMfaEmail(code: code, verificationId: sent.id).duties.isEmpty)

            let export = [TokenScope.walletExport]
            _ = try await world.sandbox.advanceClock(seconds: 601)
            let factor = try #require(try await world.factors().first { $0.kind == .email })
            sent = try await stepUp.sendOtp(credentialId: factor.id)
            let malformed = await error { try await stepUp.verifyMfaEmail(code: "1", scopes: export) }
            #expect(malformed == .InvalidCode(reason: .malformed, answer: nil))
            code = try await world.sandbox.code(for: ada)
            let elevation = try await stepUp.verifyMfaEmail(
                code: code, scopes: export, verificationId: sent.id)
            #expect(elevation.scopes == export)
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
            guard case .MethodUnavailable(.alreadyAcknowledged, _) = acknowledged else {
                Issue.record("\(String(describing: acknowledged))")
                return
            }
            #expect(try await Set(mfa.regenerateRecoveryCodes()).isDisjoint(with: codes))
        }

        @Test func passkeysAreListedAndRenamed() async throws {
            let world = try await World()
            let passkeys = world.client.passkeys
            #expect(await error { try await passkeys.list() }?.kind() == .signInAgain)
            try await world.signInToAddFactors()
            #expect(try await passkeys.list().isEmpty)
            _ = try await passkeys.register()
            let passkey = try #require(try await passkeys.list().first)
            let renamed = try await passkeys.rename(id: passkey.id, alias: "  Ada's phone ")
            #expect(renamed.alias == "Ada's phone" && !printed(renamed).contains("Ada's phone"))
            #expect(try await passkeys.list() == [renamed])

            let noName = await error { try await passkeys.rename(id: passkey.id, alias: " ") }
            #expect(noName?.argument == "alias")
            let missing = "7d444840-9dc0-11d1-b245-5ffdce74fad2"
            let unknown = await error { try await passkeys.rename(id: missing, alias: "phone") }
            #expect(unknown?.kind() == .chooseAnotherMethod)
        }

        @Test func aPasskeyIsAddedAndRemoved() async throws {
            let world = try await World()
            let passkeys = world.client.passkeys
            try await world.signIn()
            let gated = await error { try await passkeys.register() }
            #expect(gated?.kind() == .stepUpNeeded)
            #expect(await world.passkeys.ceremonies == 0)

            try await world.signInToAddFactors()
            await world.passkeys.set(.fails(PlatformError.Cancelled))
            #expect(await error { try await passkeys.register() } == .Cancelled)
            await world.passkeys.set(.works)
            #expect(try await passkeys.register().user.email == ada)
            let passkey = try #require(try await world.factors().first)
            #expect(passkey.kind == .passkey)

            let unlink = [TokenScope.credentialUnlink]
            _ = try await world.client.stepUp.verifyPasskey(scopes: unlink)
            let missing = "7d444840-9dc0-11d1-b245-5ffdce74fad2"
            let unknown = await error { try await passkeys.delete(id: missing) }
            #expect(unknown?.kind() == .chooseAnotherMethod)
            _ = try await world.client.stepUp.verifyPasskey(scopes: unlink)
            try await passkeys.delete(id: passkey.id)
            #expect(try await world.factors().isEmpty)
        }
    }
}
