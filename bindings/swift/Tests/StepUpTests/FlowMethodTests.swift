import StepUp
import Testing

private let export = [TokenScope.walletExport]

extension AllTests {
    /// A whole flow per method, led by its states alone.
    @Suite struct FlowMethodTests {
        @Test func aCodeByEmail() async throws {
            let world = try await World()
            try await world.signIn()
            let shown = try await world.stepUp(by: world.reader(of: ada))
            try await isGranted(shown, in: world)
            #expect(shown.compactMap(\.options).first?.map(\.maskedLabel) == ["a•••@example.com"])
            let prompt = try #require(shown.compactMap(\.prompt).first)
            #expect(prompt.channel == .email && prompt.maskedDestination == "a•••@example.com")
            #expect(try #require(prompt.resendAt) > .now)
        }

        @Test func aCodeBySms() async throws {
            let world = try await World()
            let phone = PhoneNumber(countryCode: "1", number: "2025550167")
            _ = try await world.client.auth.sendSmsOtp(phone: phone)
            let code = try await world.sandbox.code(for: "+12025550167")
            _ = try await world.client.auth.signInWithOtp(code: code)
            let shown = try await world.stepUp(by: world.reader(of: "+12025550167", method: .sms))
            try await isGranted(shown, in: world)
            #expect(shown.compactMap(\.prompt).first?.channel == .sms)
        }

        @Test func anAuthenticatorApp() async throws {
            let world = try await World()
            try await world.signInToAddFactors()
            let app = try await world.enrollAuthenticatorApp()
            let shown = try await world.stepUp(by: Person(method: .totp) { try await world.code(of: app) })
            try await isGranted(shown, in: world)
            #expect(shown.compactMap(\.prompt).first?.resendAt == nil)
        }

        @Test func aPasskey() async throws {
            let world = try await World()
            try await world.signInToAddFactors()
            _ = try await world.client.passkeys.register()
            let shown = try await world.stepUp(by: Person(method: .passkey))
            try await isGranted(shown, in: world)
            let options = try #require(shown.compactMap(\.options).first)
            #expect(options.map(\.method) == [.passkey, .recoveryCode])
            #expect(options.map(\.isPreferred) == [true, false])
        }

        @Test func aWallet() async throws {
            let world = try await World()
            try await world.signInByWallet()
            try await isGranted(world.stepUp(by: Person(method: .wallet)), in: world)
        }

        @Test func aSocialAccount() async throws {
            let world = try await World(policy: #"{"providers":[{"provider":"google"}]}"#)
            _ = try await world.client.auth.signInWithSocial(provider: .google)
            let google = StepUpMethod.social(provider: .google)
            try await isGranted(world.stepUp(by: Person(method: google)), in: world)
        }

        @Test func theAppsBackend() async throws {
            let world = try await World()
            let user = try await world.signIn().user.id
            let claims = #"{"sub":"\#(user)","scope":"wallet:export"}"#
            let backend = Person(method: .externalJwt) { try await world.sandbox.externalJwt(claims) }
            let filter = StepUpFilter.methods(methods: [.externalJwt])
            let shown = try await world.stepUp(by: backend, filter: filter)
            try await isGranted(shown, in: world)
            guard case .awaitingExternalJwt(_, export, nil)? = shown.first(where: { $0.isAsking }) else {
                Issue.record("\(shown.map(\.name))")
                return
            }
        }

        @Test func aRecoveryCode() async throws {
            let world = try await World()
            try await world.signInToAddFactors()
            _ = try await world.enrollAuthenticatorApp()
            let code = try #require(try await world.client.mfa.recoveryCodes().first?.expose())
            let shown = try await world.stepUp(by: Person(method: .recoveryCode) { code })
            try await isGranted(shown, in: world)
        }

        @Test func emailAsAFactor() async throws {
            let world = try await World(policy: #"{"mfa":{"methods":["totp","email"]}}"#)
            try await world.signIn()
            let shown = try await world.stepUp(by: world.reader(of: ada), filter: .mfaOnly)
            try await isGranted(shown, in: world)
            let option = try #require(shown.compactMap(\.options).first?.first)
            #expect(option.method == .email && option.isSecondFactor)
        }

        /// The token is there, and the app's backend accepts it.
        private func isGranted(_ shown: [StepUpFlowState], in world: World) async throws {
            let names = shown.map(\.name)
            #expect(names.last == "granted", "\(names)")
            #expect(shown.last?.elevations?.flatMap(\.scopes) == export)
            #expect(try await world.callBackend(TokenScope.walletExport) == 200)
        }
    }
}

extension StepUpFlowState {
    /// Whether an assertion is asked for.
    fileprivate var isAsking: Bool { name == "awaitingExternalJwt" }
}
