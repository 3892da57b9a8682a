import StepUp
import Testing

private let export = [TokenScope.walletExport]

extension AllTests {
    /// Callbacks that misbehave while a flow needs them: the flow says so, and goes on.
    @Suite struct FlowCallbackTests {
        @Test func aPasskeySheetMayMisbehave() async throws {
            let world = try await World(deadlines: World.shortDeadlines)
            try await world.signInToAddFactors()
            _ = try await world.client.passkeys.register()
            try await check(.passkey, method: .passkey, in: world) { await world.passkeys.set($0) }
        }

        @Test func aBrowserMayMisbehave() async throws {
            let policy = #"{"providers":[{"provider":"google"}]}"#
            let world = try await World(policy: policy, deadlines: World.shortDeadlines)
            _ = try await world.client.auth.signInWithSocial(provider: .google)
            let google = StepUpMethod.social(provider: .google)
            try await check(.browser, method: google, in: world) { await world.browser.set($0) }
        }

        @Test func aWalletMayMisbehave() async throws {
            let world = try await World(deadlines: World.shortDeadlines)
            try await world.signInByWallet()
            try await check(.wallet, method: .wallet, in: world) { await world.wallets.set($0) }
        }

        @Test(arguments: ["fails", "hangs", "calls"])
        func aStorageThatDoesNotWrite(how: String) async throws {
            let world = try await World(deadlines: World.shortDeadlines)
            try await world.signIn()
            let (thrown, gate, auth) = (HostError(), Gate(), world.client.auth)
            let (begun, ended) = (Gate(), Gate())
            await begun.open()
            await ended.open()
            let behaviours: [String: Behaviour] = [
                "fails": .fails(thrown), "hangs": .waits(gate),
                // Into a call that writes itself, and so waits for this one.
                "calls": .calls {
                    await begun.pass()
                    _ = try? await auth.refresh()
                    await ended.pass()
                },
            ]
            let behaviour = try #require(behaviours[how])
            let flow = try world.client.stepUp.start(scopes: export)
            let shown = try await show(flow) { state in
                guard state.prompt != nil else { return }
                await world.storage.set(behaviour, for: "put")
                try await flow.submit(code: world.sandbox.code(for: ada))
            }
            // What is in memory holds; the next change writes it.
            #expect(shown.last?.elevations?.count == 1, "\(shown.map(\.name))")
            await world.storage.set(.works)
            await gate.open()
            try await eventually("nothing is called any more") { await begun.arrivals == ended.arrivals }
            #expect(try await world.callBackend(TokenScope.walletExport) == 200)
            _ = try await world.client.auth.refresh()
            #expect(try await world.restarted().client.auth.session() != nil)
            #expect(!thrown.wasRead)
        }

        @Test(arguments: ["fails", "hangs"]) func aStorageThatDoesNotRead(how: String) async throws {
            let world = try await World(deadlines: World.shortDeadlines)
            try await world.signIn()
            let (restarted, gate) = (try world.restarted(), Gate())
            await restarted.storage.set(how == "fails" ? .fails(HostError()) : .waits(gate), for: "get")
            let flow = try restarted.client.stepUp.start(scopes: export)
            let shown = try await show(flow) { state in
                switch state {
                case .choosing(_, _, false, let error):
                    #expect(error?.kind() == .retryLater)
                    await restarted.storage.set(.works)
                    await gate.open()
                    try flow.retry()
                case .awaitingCode: try await flow.submit(code: world.sandbox.code(for: ada))
                default: break
                }
            }
            #expect(shown.last?.elevations?.count == 1, "\(shown.map(\.name))")
        }

        @Test func aStorageMayAskTheFlow() async throws {
            let world = try await World(deadlines: World.shortDeadlines)
            try await world.signIn()
            let (client, flow) = (world.client, try world.client.stepUp.start(scopes: export))
            await world.storage.set(
                .calls {
                    _ = (flow.state(), client.stepUp.elevations(), client.stepUp.state())
                    _ = try client.stepUp.start(scopes: export)
                })
            try await show(flow) { try await world.reader(of: ada).act(on: $0, of: flow) }
            #expect(flow.state().elevations?.count == 1)
        }

        /// A callback that throws, hangs, answers late, calls the client, and ends the flow itself.
        private func check(
            _ what: PlatformCallback, method: StepUpMethod, in world: World,
            _ behave: @escaping @Sendable (Behaviour) async -> Void
        ) async throws {
            let (stepUp, thrown, gate) = (world.client.stepUp, HostError(), Gate())
            let flow = try stepUp.start(scopes: export, autoSelect: false)
            let behaviours: [Behaviour] = [.fails(thrown), .waits(gate), .works]
            var errors: [StepUpError] = []
            let shown = try await show(flow) { state in
                guard case .choosing(let options, _, _, let error) = state else { return }
                let option = try #require(options.first { $0.method == method })
                #expect(option.error == error)
                errors += [error].compactMap { $0 }
                await behave(behaviours[errors.count])
                try error == nil ? flow.select(optionId: option.id) : flow.retry()
            }
            #expect(errors == [.CallbackFailed(what: what), .TimedOut(what: what)])
            #expect(shown.last?.elevations?.count == 1)
            #expect(!printed(errors).contains(HostError.text) && !thrown.wasRead)

            // What comes late changes nothing.
            let requests = try await world.sandbox.requests().count
            await gate.open()
            #expect(flow.state() == shown.last)
            #expect(try await world.callBackend(TokenScope.walletExport) == 200)
            #expect(try await world.sandbox.requests().count == requests + 1)
            try await checkReentry(method: method, in: world, behave)
        }

        private func checkReentry(
            method: StepUpMethod, in world: World,
            _ behave: @escaping @Sendable (Behaviour) async -> Void
        ) async throws {
            let (client, person) = (world.client, Person(method: method))
            await behave(
                .calls {
                    _ = try await client.stepUp.check(scope: TokenScope.credentialUnlink)
                    _ = try client.stepUp.start(scopes: export).state()
                })
            #expect(try await world.stepUp(by: person).last?.elevations?.count == 1)
            #expect(try await world.callBackend(TokenScope.walletExport) == 200)

            await behave(.calls { try client.stepUp.start(scopes: export).cancel() })
            #expect(try await world.stepUp(by: person).last == .cancelled(reason: .byApp))
            #expect(!client.stepUp.hasElevatedAccessToken(scope: TokenScope.walletExport))
            await behave(.works)
            #expect(try await world.stepUp(by: person).last?.elevations?.count == 1)
        }
    }
}
