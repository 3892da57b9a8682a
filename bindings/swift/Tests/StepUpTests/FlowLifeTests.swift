import StepUp
import Testing

private let export = [TokenScope.walletExport]

extension AllTests {
    /// How flows begin together, who is told of them, and what ends them.
    @Suite struct FlowLifeTests {
        @Test func whoeverAsksForTheSameJoins() async throws {
            let world = try await World()
            try await world.signIn()
            let stepUp = world.client.stepUp
            let flow = try stepUp.start(scopes: export)
            try await reaches(flow, "awaitingCode")
            let joined = try stepUp.start(scopes: export)
            #expect(joined.state() == flow.state() && joined.state().prompt != nil)
            let other = try stepUp.start(scopes: export, filter: .reauthenticationOnly, autoSelect: false)
            #expect(other.state() == .checking)

            try await joined.submit(code: world.sandbox.code(for: ada))
            try await reaches(flow, "granted")
            #expect(joined.state() == flow.state())
            other.cancel()
        }

        @Test func cancellingEndsItForAll() async throws {
            let world = try await World()
            try await world.signIn()
            let stepUp = world.client.stepUp
            let (flow, joined) = (try stepUp.start(scopes: export), try stepUp.start(scopes: export))
            let shown = try await show(flow) { state in
                if state.prompt != nil {
                    joined.cancel()
                    joined.cancel()
                }
            }
            #expect(shown.last == .cancelled(reason: .byApp))
            let late = await error { try flow.submit(code: "123456") }
            #expect(late == .InvalidTransition(event: "submit"))
            #expect(!stepUp.hasElevatedAccessToken(scope: TokenScope.walletExport))
            #expect(try stepUp.start(scopes: export).state() == .checking)
        }

        @Test func whoLeavesEndsItForNobodyButTheLast() async throws {
            let world = try await World()
            try await world.signIn()
            let stepUp = world.client.stepUp
            let (flow, joined) = (try stepUp.start(scopes: export), try stepUp.start(scopes: export))
            try await reaches(flow, "awaitingCode")
            joined.leave()
            #expect(flow.state().prompt != nil)
            flow.leave()
            #expect(joined.state() == .cancelled(reason: .byApp))
            flow.leave()
        }

        @Test func aHundredTasksShareOneCheckAndOneProof() async throws {
            let world = try await World()
            try await world.signIn()
            try await world.sandbox.fault("POST", "stepUp/check", #""latencyMs":1500,"count":1"#)
            let granted = try await withThrowingTaskGroup(of: StepUpFlowState?.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        let flow = try world.client.stepUp.start(scopes: export)
                        return try await show(flow) { state in
                            guard number == 0, state.prompt != nil else { return }
                            try await flow.submit(code: world.sandbox.code(for: ada))
                        }.last
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(granted.compactMap { $0?.elevations }.count == 100)
            let requests = try await world.sandbox.requests().map(\.path)
            #expect(requests.filter { $0.hasSuffix("/stepUp/check") }.count == 1)
            #expect(requests.filter { $0.hasSuffix("/emailVerifications/verify") }.count == 1)
        }

        @Test func aScreenThatGoesAwayLeavesTheFlowWhereItIs() async throws {
            let world = try await World()
            try await world.signIn()
            let flow = try world.client.stepUp.start(scopes: export)
            let reading = Task {
                var names: [String] = []
                for await state in try flow.states() {
                    names.append(state.name)
                }
                return names
            }
            try await reaches(flow, "awaitingCode")
            reading.cancel()
            #expect(try await reading.value.last != "cancelled")
            #expect(flow.state().prompt != nil)

            // The screen comes back, with the same flow.
            let again = try world.client.stepUp.start(scopes: export)
            try await again.submit(code: world.sandbox.code(for: ada))
            let names = try await flow.states().reduce(into: [String]()) { $0.append($1.name) }
            #expect(names.last == "granted")
        }

        @Test(arguments: StepUpFlowEnd.bySession)
        func theEndOfTheSessionEndsTheFlow(reason: StepUpFlowEnd) async throws {
            let world = try await World(policy: #"{"jwtLifeSeconds":600}"#)
            try await world.signIn()
            let (client, flow) = (world.client, try world.client.stepUp.start(scopes: export))
            let shown = try await show(flow) { state in
                guard state.prompt != nil else { return }
                switch reason {
                case .signedOut: try await client.auth.logout()
                case .anotherSignIn: try await world.signIn(as: "grace@example.com")
                case .clientClosed: client.shutdown()
                case .keyLost:
                    await world.keys.set(.fails(PlatformError.KeyInvalidated))
                    #expect(await error { try await client.auth.refresh() } == .KeyLost)
                default:
                    _ = try await world.sandbox.advanceClock(seconds: 601)
                    #expect(await error { try await client.auth.refresh() }?.kind() == .signInAgain)
                }
            }
            #expect(shown.last == .cancelled(reason: reason))
            #expect(!client.stepUp.hasElevatedAccessToken(scope: TokenScope.walletExport))
        }

        @Test(arguments: ["passkey", "browser"])
        func whoeverIsWaitedForIsToldOfTheEnd(what: String) async throws {
            let world = try await World(policy: #"{"providers":[{"provider":"google"}]}"#)
            let told = Gate()
            let behaviour = Behaviour.calls {
                try? await Task.sleep(for: .seconds(60))
                await told.pass()
                throw PlatformError.Cancelled
            }
            if what == "browser" {
                _ = try await world.client.auth.signInWithSocial(provider: .google)
                await world.browser.set(behaviour)
            } else {
                try await world.signInToAddFactors()
                _ = try await world.client.passkeys.register()
                await world.passkeys.set(behaviour)
            }
            let callbacks = await world.passkeys.ceremonies + world.browser.opened.count
            let flow = try world.client.stepUp.start(scopes: export)
            try await eventually("the user is asked") {
                await world.passkeys.ceremonies + world.browser.opened.count > callbacks
            }
            // The choice is there again at once, and what was begun is called off.
            try flow.back()
            #expect(flow.state().name == "choosing")
            try await eventually("the callback is told") { await told.arrivals == 1 }
            await told.open()
            flow.cancel()
        }

        @Test func aSecondTapChangesNothing() async throws {
            let world = try await World()
            try await world.signIn()
            let flow = try world.client.stepUp.start(scopes: export)
            try await reaches(flow, "awaitingCode")
            let code = try await world.sandbox.code(for: ada)
            let taps = await withTaskGroup(of: StepUpError?.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        do {
                            try flow.submit(code: code)
                            return nil
                        } catch { return error as? StepUpError }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let refused = StepUpError.InvalidTransition(event: "submit")
            #expect(taps.compactMap { $0 } == Array(repeating: refused, count: 49))
            try await reaches(flow, "granted")
            #expect(try await world.sandbox.requests(to: "/emailVerifications/verify").count == 1)
        }

        @Test func aFlowThatHasEndedLetsGoOfItsListeners() async throws {
            let world = try await World()
            try await world.signIn()
            let flow = try world.client.stepUp.start(scopes: export, autoSelect: false)
            weak var listener: TestFlowListener?
            let subscription = try {
                let told = TestFlowListener()
                listener = told
                return try flow.subscribe(listener: told)
            }()
            try await reaches(flow, "choosing")
            #expect(listener != nil)
            flow.cancel()
            try await eventually("the listener is let go") { listener == nil }
            subscription.cancel()
        }

        @Test func nobodySignedInIsAFailure() async throws {
            let world = try await World()
            let shown = try await show(world.client.stepUp.start(scopes: export)) { _ in }
            guard case .failed(let error)? = shown.last else {
                Issue.record("\(shown.map(\.name))")
                return
            }
            #expect(error.kind() == .signInAgain)
            #expect(world.client.stepUp.state().error == error)
        }

        @Test func aSubscriptionThatIsCancelledIsToldNoMore() async throws {
            let world = try await World()
            try await world.signIn()
            let flow = try world.client.stepUp.start(scopes: export, autoSelect: false)
            let (first, second) = (Screen(), Screen())
            let subscription = try flow.subscribe(listener: first)
            let kept = try flow.subscribe(listener: second)
            try await reaches(flow, "choosing")
            subscription.cancel()
            flow.cancel()
            let told = await second.states.reduce(into: []) { $0.append($1) }
            #expect(told.last == .cancelled(reason: .byApp))
            first.close()
            #expect(await !first.states.reduce(into: []) { $0.append($1) }.contains { $0.isFinal })
            kept.cancel()
        }

        private func reaches(_ flow: StepUpFlow, _ name: String) async throws {
            try await eventually("the flow is \(name)") { flow.state().name == name }
        }
    }
}

extension StepUpFlowEnd {
    /// What ends every flow, whatever its app does.
    fileprivate static let bySession: [StepUpFlowEnd] = [
        .signedOut, .anotherSignIn, .sessionEnded, .keyLost, .clientClosed,
    ]
}
