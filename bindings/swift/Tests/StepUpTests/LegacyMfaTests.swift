import StepUp
import Testing

extension AllTests {
    /// Action-based MFA, in an environment from before step-up.
    @Suite struct LegacyMfaTests {
        private static let policy = #"""
            {"apiVersion":"2026_01_01","mfa":{"methods":["totp","passkey","email"]},
            "actions":[{"action":"user.update","required":true}]}
            """#

        @Test func aTokenIsCreatedHeldAndHandedOut() async throws {
            let world = try await World(policy: Self.policy)
            let mfa = world.client.mfa
            try await world.signInToAddFactors()
            let app = try await world.enrollAuthenticatorApp()
            #expect(!mfa.hasLegacyToken() && mfa.consumeLegacyToken() == nil)
            let none = await error { try await mfa.legacyHeaders() }
            #expect(none == .MethodUnavailable(reason: .notEnrolled, answer: nil))
            let malformed = await error {
                try await mfa.createLegacyToken(factor: .totp(code: "1", deviceId: nil), kind: .reusable)
            }
            #expect(malformed == .InvalidCode(reason: .malformed, answer: nil))

            let once = LegacyMfaFactor.totp(code: try await world.code(of: app), deviceId: app.deviceId)
            #expect(try await mfa.createLegacyToken(factor: once, kind: .singleUse).user.email == ada)
            #expect(mfa.hasLegacyToken())
            let headers = try await mfa.legacyHeaders()
            #expect(headers.map(\.name) == ["Authorization", "x-mfa-auth-token"])
            #expect(!mfa.hasLegacyToken())
            #expect(try await act(world, headers) == 200)
            #expect(try await act(world, headers) == 403)

            let often = LegacyMfaFactor.totp(code: try await world.code(of: app), deviceId: nil)
            _ = try await mfa.createLegacyToken(factor: often, kind: .reusable)
            let token = try #require(mfa.consumeLegacyToken())
            #expect(mfa.consumeLegacyToken() == token && mfa.hasLegacyToken())
            #expect(!printed(token).contains(token.expose()))
        }

        @Test func everyFactorBringsOne() async throws {
            let world = try await World(policy: Self.policy)
            let mfa = world.client.mfa
            try await world.signInToAddFactors()
            _ = try await world.client.passkeys.register()
            _ = try await world.enrollAuthenticatorApp()
            let recovery = try #require(try await mfa.recoveryCodes().first?.expose())
            let sent = try await world.client.stepUp.sendOtp()
            let code = try await world.sandbox.code(for: ada)
            let factors: [LegacyMfaFactor] = [
                .passkey, .recoveryCode(code: recovery), .email(code: code, verificationId: sent.id),
            ]
            var tokens: Set<Secret> = []
            for factor in factors {
                _ = try await mfa.createLegacyToken(factor: factor, kind: .reusable)
                tokens.insert(try #require(mfa.consumeLegacyToken()))
                #expect(!printed(factor).contains(recovery) && !printed(factor).contains(code))
            }
            #expect(tokens.count == factors.count)
        }

        @Test func whetherAnActionNeedsAFactor() async throws {
            let policy = #"""
                {"apiVersion":"2026_01_01","actions":[{"action":"user.update","required":true}]}
                """#
            let world = try await World(policy: policy)
            let mfa = world.client.mfa
            func check(_ action: MfaAction) async throws -> MfaActionCheck {
                try await mfa.isRequiredForAction(action: action)
            }
            #expect(try await check(.userUpdate) == MfaActionCheck(isRequired: true, reason: .notSignedIn))
            try await world.signInToAddFactors()
            #expect(try await check(.walletSign) == MfaActionCheck(isRequired: false, reason: .notProtected))
            #expect(try await check(.userUpdate) == MfaActionCheck(isRequired: false, reason: .noMethod))
            _ = try await world.client.passkeys.register()
            #expect(try await check(.userUpdate) == MfaActionCheck(isRequired: true, reason: .required))
            try await world.sandbox.fault("GET", "users/mfa/methods", #""status":503"#)
            let unknown = MfaActionCheck(isRequired: true, reason: .couldNotAsk(kind: .retryLater))
            #expect(try await check(.userUpdate) == unknown)
        }

        @Test func eachActionHasAScopeInItsPlace() {
            let scopes: [(MfaAction, String?)] = [
                (.walletExport, TokenScope.walletExport), (.walletSign, TokenScope.walletSign),
                (.walletRefresh, TokenScope.walletRefresh), (.walletReshare, TokenScope.walletReshare),
                (.userUpdate, TokenScope.userUpdate), (.other("wallet.waas.melt"), nil),
            ]
            for (action, scope) in scopes {
                #expect(action.scope == scope)
            }
        }

        /// Plays the app's own backend of before step-up: its status.
        private func act(_ world: World, _ headers: [HttpHeader]) async throws -> Int {
            try await world.sandbox.control(
                "POST", "protected", #"{"action":"user.update"}"#,
                headers: headers.map { ($0.name, $0.value) }
            ).status
        }
    }
}
