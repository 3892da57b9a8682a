import StepUp
import Testing

private let export = [TokenScope.walletExport]

extension AllTests {
    /// What users and screens do with a flow beside using one method.
    @Suite struct FlowTests {
        @Test func aWrongCodeKeepsTheFieldUntilThereAreTooMany() async throws {
            let world = try await World()
            try await world.signIn()
            let flow = try world.client.stepUp.start(scopes: export)
            var refusals: [StepUpError] = []
            try await show(flow) { state in
                switch state {
                case .awaitingCode(_, let prompt):
                    refusals += [prompt.error].compactMap { $0 }
                    let right = try await world.sandbox.code(for: ada)
                    let attempts = refusals.count
                    try flow.submit(code: attempts == 0 ? "12" : wrong(right, by: attempts))
                case .choosing(let options, _, _, let error):
                    #expect(error?.kind() == .chooseAnotherMethod && options.first?.error == error)
                    flow.cancel()
                default: break
                }
            }
            #expect(refusals.map(\.codeRefusal) == [.malformed, .wrong, .wrong, .wrong])
            #expect(flow.state() == .cancelled(reason: .byApp))
        }

        @Test func theRightCodeAfterAWrongOne() async throws {
            let world = try await World()
            try await world.signIn()
            let flow = try world.client.stepUp.start(scopes: export)
            #expect(flow.scopes() == export)
            let shown = try await show(flow) { state in
                guard let prompt = state.prompt else { return }
                let right = try await world.sandbox.code(for: ada)
                try flow.submit(code: prompt.error == nil ? wrong(right, by: 1) : right)
            }
            #expect(shown.last?.elevations?.map(\.scopes) == [export])
            // It serves once: the next flow begins anew.
            #expect(try await world.callBackend(TokenScope.walletExport) == 200)
            let next = try world.client.stepUp.start(scopes: export)
            #expect(next.state() == .checking)
            next.cancel()
        }

        @Test func backAndAnotherMethod() async throws {
            let world = try await World()
            try await world.signInWithEmailAndWallet()
            let flow = try world.client.stepUp.start(scopes: export)
            let tapped = await error { try flow.select(optionId: "too early") }
            #expect(tapped == .InvalidTransition(event: "select"))
            var visits = 0
            let shown = try await show(flow) { state in
                switch state {
                case .choosing(let options, _, _, _):
                    #expect(options.map(\.method) == [.email, .wallet])
                    let unknown = await error { try flow.select(optionId: "unknown") }
                    #expect(unknown == .InvalidTransition(event: "select"))
                    try flow.select(optionId: options[visits].id)
                    visits += 1
                case .awaitingCode: try flow.back()
                default: break
                }
            }
            #expect(visits == 2 && shown.last?.elevations != nil)
        }

        @Test func theCodeIsSentAgain() async throws {
            let world = try await World()
            try await world.signIn()
            let flow = try world.client.stepUp.start(scopes: export)
            var resent = false
            try await show(flow) { state in
                guard let prompt = state.prompt, !prompt.isResending else { return }
                if resent {
                    return try await flow.submit(code: world.sandbox.code(for: ada))
                }
                resent = true
                try flow.resend()
                // Unless the answer has come already.
                let twice = flow.state().prompt?.isResending == true ? await error { try flow.resend() } : nil
                #expect(twice == nil || twice == .InvalidTransition(event: "resend"))
            }
            #expect(flow.state().elevations != nil)
            #expect(try await world.sandbox.requests(to: "/emailVerifications/retry").count == 1)
        }

        @Test func aCheckThatFailedIsRepeated() async throws {
            let world = try await World()
            try await world.signIn()
            try await world.sandbox.fault("POST", "stepUp/check", #""status":503"#)
            let flow = try world.client.stepUp.start(scopes: export)
            let shown = try await show(flow) { state in
                switch state {
                case .choosing(_, _, let isConfirmed, let error):
                    #expect(!isConfirmed && error?.kind() == .retryLater)
                    try await world.sandbox.clearFaults()
                    try flow.retry()
                case .awaitingCode: try await flow.submit(code: world.sandbox.code(for: ada))
                default: break
                }
            }
            #expect(shown.last?.elevations?.count == 1)
        }

        @Test func whereNothingServesItIsSaidWhatCouldBeAdded() async throws {
            let world = try await World()
            try await world.signIn()
            let flow = try world.client.stepUp.start(scopes: export, filter: .mfaOnly)
            try await show(flow) { state in
                guard case .choosing(let options, let hints, true, nil) = state else { return }
                #expect(options.isEmpty && Set(hints) == [.totp, .passkey])
                flow.cancel()
            }
            let noScope = await error { try world.client.stepUp.start(scopes: []) }
            #expect(noScope?.argument == "scopes")
        }

        @Test func whatTheServerDoesNotRequireIsGrantedWithoutTheUser() async throws {
            let world = try await World()
            try await world.signIn()
            let scopes = [TokenScope.walletSign]
            let shown = try await show(world.client.stepUp.start(scopes: scopes)) { _ in }
            #expect(shown.last == .granted(elevations: [], notRequired: scopes))
        }

        @Test func oneProofServesSeveralScopes() async throws {
            let world = try await World()
            try await world.signIn()
            let scopes = [TokenScope.walletExport, TokenScope.credentialLink, TokenScope.walletSign]
            let shown = try await world.stepUp(by: world.reader(of: ada), scopes: scopes)
            guard case .granted(let elevations, let notRequired)? = shown.last else {
                Issue.record("\(shown.map(\.name))")
                return
            }
            #expect(Set(elevations.flatMap(\.scopes)) == Set(scopes.prefix(2)))
            #expect(notRequired == [TokenScope.walletSign])
        }

        @Test func aCaptchaIsShownByTheScreen() async throws {
            let sandbox = try Sandbox()
            let world = try World(on: sandbox, phone: "phone", hasCaptcha: false)
            try await world.signIn()
            try await sandbox.patchPolicy(#"{"captcha":{"provider":"hcaptcha","siteKey":"key"}}"#)
            let flow = try world.client.stepUp.start(scopes: export)
            let shown = try await show(flow) { state in
                switch state {
                case .captchaNeeded(_, let challenge):
                    #expect(challenge == CaptchaChallenge(provider: "hcaptcha", siteKey: "key"))
                    try flow.submitCaptcha(token: "solved")
                case .awaitingCode: try await flow.submit(code: sandbox.code(for: ada))
                default: break
                }
            }
            #expect(shown.map(\.name).contains("captchaNeeded") && shown.last?.elevations?.count == 1)
        }

        @Test func anAssertionThatIsOfNoUseIsAskedForAgain() async throws {
            let world = try await World()
            let user = try await world.signIn().user.id
            let claims = #"{"sub":"\#(user)","scope":"wallet:export"}"#
            let right = try await world.sandbox.externalJwt(claims)
            let filter = StepUpFilter.methods(methods: [.externalJwt])
            let flow = try world.client.stepUp.start(scopes: export, filter: filter)
            let shown = try await show(flow) { state in
                guard case .awaitingExternalJwt(_, let scopes, let error) = state else { return }
                #expect(scopes == export && (error == nil || error?.argument == "jwt"))
                try flow.submitExternalJwt(jwt: error == nil ? "no JWT" : right)
            }
            #expect(shown.last?.elevations?.count == 1)
        }

        private func wrong(_ code: String, by distance: Int) -> String {
            let number = ((Int(code) ?? 0) + distance) % 1_000_000
            return String(repeating: "0", count: 6 - String(number).count) + String(number)
        }
    }
}

extension StepUpError {
    fileprivate var codeRefusal: CodeRefusal? {
        if case .InvalidCode(let reason, _) = self { reason } else { nil }
    }
}
