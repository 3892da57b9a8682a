#if canImport(Observation)
    import Observation
    import StepUp
    import StepUpTesting
    import Testing

    #if canImport(Combine)
        import Combine
    #endif

    private let export = TokenScope.walletExport

    /// Reads what a screen shows, and again after each change, as SwiftUI does, until it has seen enough.
    @MainActor @available(iOS 17, macOS 14, *)
    private func draw<Value>(
        _ read: @MainActor () -> Value, until isEnough: @MainActor (Value) async throws -> Bool
    ) async rethrows {
        while true {
            let (changes, change) = AsyncStream.makeStream(of: Void.self)
            let value = withObservationTracking(read) { change.finish() }
            if try await isEnough(value) { return }
            for await _ in changes {}
        }
    }

    extension AllTests {
        /// The models that screens show.
        @Suite(.timeLimit(.minutes(1))) @MainActor struct ScreenModelTests {
            @Test func aScreenLeadsThroughAFlow() async throws {
                guard #available(iOS 17, macOS 14, *) else { return }
                let world = try await World()
                try await world.signInWithEmailAndWallet()
                let flow = try world.client.stepUp.start(scopes: [export])
                let model = StepUpFlowModel(flow)
                var shown: [String] = []
                try await draw({ model.state }) { state in
                    shown.append(state.name)
                    if let option = state.options?.first(where: { $0.method == .email }) {
                        model.select(option)
                        // The second tap comes too late.
                        model.select(option)
                    } else if state.prompt != nil {
                        try await model.submit(code: world.sandbox.code(for: ada))
                    }
                    return state.isFinal
                }
                #expect(model.state.elevations?.count == 1 && model.state == flow.state())
                #expect(shown.contains("choosing") && shown.contains("awaitingCode"))
                #expect(shown.last == "granted")
            }

            @Test func everyButtonReachesTheFlow() async throws {
                guard #available(iOS 17, macOS 14, *) else { return }
                let world = try await World()
                try await world.signInWithEmailAndWallet()
                let model = try StepUpFlowModel(world.client.stepUp.start(scopes: [export]))
                func reach(_ name: String) async {
                    await draw({ model.state }, until: { $0.name == name })
                }
                await reach("choosing")
                let option = try #require(model.state.options?.first { $0.method == .email })
                model.select(option)
                await reach("awaitingCode")
                model.resend()
                try await world.sandbox.arrived(at: "/emailVerifications/retry")
                await draw({ model.state }, until: { $0.prompt?.isResending == false })
                model.submit(code: "no code")
                await draw({ model.state }, until: { $0.prompt?.error != nil })
                model.back()
                await reach("choosing")
                model.cancel()
                await reach("cancelled")
                // Nothing is possible any more, and nothing is said of it.
                model.retry()
                #expect(model.state == .cancelled(reason: .byApp))
            }

            @Test func whatFailedIsTriedAgainAndACaptchaIsSolved() async throws {
                guard #available(iOS 17, macOS 14, *) else { return }
                let sandbox = try Sandbox()
                let world = try World(on: sandbox, phone: "phone", hasCaptcha: false)
                try await world.signIn()
                try await sandbox.patchPolicy(#"{"captcha":{"provider":"hcaptcha","siteKey":"key"}}"#)
                try await sandbox.fault("POST", "stepUp/check", #""status":503"#)
                let model = try StepUpFlowModel(world.client.stepUp.start(scopes: [export]))
                await draw({ model.state }, until: { $0.options != nil })
                try await sandbox.clearFaults()
                model.retry()
                await draw({ model.state }, until: { $0.name == "captchaNeeded" })
                model.submitCaptcha(token: "solved")
                await draw({ model.state }, until: { $0.prompt != nil })
            }

            @Test func theAppsBackendVouches() async throws {
                guard #available(iOS 17, macOS 14, *) else { return }
                let world = try await World()
                let user = try await world.signIn().user.id
                let jwt = try await world.sandbox.externalJwt(#"{"sub":"\#(user)","scope":"wallet:export"}"#)
                let filter = StepUpFilter.methods(methods: [.externalJwt])
                let flow = try world.client.stepUp.start(scopes: [export], filter: filter)
                let model = StepUpFlowModel(flow)
                await draw({ model.state }, until: { $0.name == "awaitingExternalJwt" })
                model.submitExternalJwt(jwt: jwt)
                await draw({ model.state }, until: { $0.elevations?.count == 1 })
            }

            @Test func whoIsSignedIn() async throws {
                guard #available(iOS 17, macOS 14, *) else { return }
                let phone = try await World(policy: #"{"deviceRegistration":true}"#)
                try await phone.signIn()
                let tablet = try World(on: phone.sandbox, phone: "tablet")
                let model = SessionModel(tablet.client)
                #expect(model.session == nil && !model.isKnown && model.deviceRegistration == .notRequired)
                try await tablet.signIn()
                await draw({ model.session }, until: { $0?.duties == [.registerDevice] })
                let required = tablet.client.deviceRegistration.status()
                await draw({ model.deviceRegistration }, until: { $0 == required && $0 != .notRequired })
                let link = try await phone.sandbox.registrationLink(for: ada)
                _ = try await tablet.client.deviceRegistration.complete(link: link)
                await draw({ model.session }, until: { $0?.duties == [] })
                await draw({ model.deviceRegistration }, until: { $0 == .notRequired })
                try await tablet.client.auth.logout()
                await draw({ model.session }, until: { $0 == nil })
            }

            @Test func whoWasSignedInIsKnownAMomentLater() async throws {
                guard #available(iOS 17, macOS 14, *) else { return }
                let world = try await World()
                try await world.signIn()
                let restarted = try world.restarted()
                try await restarted.client.restore()
                let model = SessionModel(restarted.client)
                #expect(model.session == nil && !model.isKnown)
                await draw({ model.isKnown }, until: { $0 })
                #expect(model.session?.user.email == ada)
            }

            #if canImport(Combine)
                /// What `@StateObject` looks at, below iOS 17 and macOS 14.
                @Test func combineIsToldOfAChange() async throws {
                    let world = try await World()
                    let model = SessionModel(world.client)
                    let (changes, change) = AsyncStream.makeStream(of: Void.self)
                    let subscription = model.objectWillChange.sink { change.yield() }
                    defer { subscription.cancel() }
                    try await world.signIn()
                    for await _ in changes where model.session != nil { return }
                }
            #endif

            @Test func whatIsProven() async throws {
                guard #available(iOS 17, macOS 14, *) else { return }
                let world = try await World()
                try await world.signIn()
                let model = StepUpModel(world.client)
                #expect(model.elevations.isEmpty && model.state.pendingCode == nil)
                let sent = try await world.client.stepUp.sendOtp()
                await draw({ model.state }, until: { $0.pendingCode == sent })
                let code = try await world.sandbox.code(for: ada)
                let elevation = try await world.client.stepUp.verifyOtp(code: code, scopes: [export])
                await draw({ model.elevations }, until: { $0 == [elevation] })
            }

            @Test func aModelThatIsLetGoHoldsNothing() async throws {
                let world = try await World()
                try await world.signIn()
                weak var held: StepUpFlowModel?
                weak var client: StepUpClient?
                do {
                    let another = try World(on: world.sandbox, phone: "another")
                    try await another.signIn()
                    let model = try StepUpFlowModel(another.client.stepUp.start(scopes: [export]))
                    let models: [ScreenModel] = [
                        model, SessionModel(another.client), StepUpModel(another.client),
                    ]
                    #expect(Set(models.map(\.id)).count == 3)
                    (held, client) = (model, another.client)
                }
                // The time limit of the suite holds here.
                while held != nil || client != nil { try await Task.sleep(for: .milliseconds(5)) }
                // Its identity is free again, so nothing of it lives.
                while (try? World(on: world.sandbox, phone: "another")) == nil {
                    try await Task.sleep(for: .milliseconds(5))
                }
            }

            @Test func aClientThatIsShutDownShowsWhatItKnewLast() async throws {
                let world = try await World()
                world.client.shutdown()
                let (session, stepUp) = (SessionModel(world.client), StepUpModel(world.client))
                #expect(session.session == nil && session.deviceRegistration == .notRequired)
                #expect(stepUp.elevations.isEmpty && stepUp.state.pendingCode == nil)
            }
        }
    }
#endif
