import StepUp
import Testing

private let export = [TokenScope.walletExport]

extension AllTests {
    /// The system ends the app while a flow waits for the user, who comes back later.
    @Suite struct FlowRestartTests {
        @Test func aCodeIsTypedInTheNextProcess() async throws {
            let world = try await World()
            try await world.signIn()
            #expect(try await world.client.stepUp.pendingFlow()?.state() == nil)
            try await leaveWithCode(world)

            let restarted = try world.restarted()
            let stepUp = restarted.client.stepUp
            let requests = try await world.sandbox.requests().count
            let flow = try #require(try await stepUp.pendingFlow())
            #expect(try await world.sandbox.requests().count == requests)
            #expect(flow.scopes() == export)
            let prompt = try #require(flow.state().prompt)
            #expect(prompt.channel == .email && prompt.maskedDestination == "a•••@example.com")
            // A screen that begins anew finds the same one.
            #expect(try stepUp.start(scopes: export).state() == flow.state())

            try await show(flow) { try await world.reader(of: ada).act(on: $0, of: flow) }
            #expect(flow.state().elevations?.map(\.scopes) == [export])
            #expect(try await restarted.callBackend(TokenScope.walletExport) == 200)
            #expect(try await stepUp.pendingFlow()?.state() == nil)
        }

        @Test func theUserTakesAnotherMethodInTheNextProcess() async throws {
            let world = try await World()
            try await world.signInWithEmailAndWallet()
            try await leaveWithCode(world)
            let restarted = try world.restarted()
            let flow = try #require(try await restarted.client.stepUp.pendingFlow())
            try flow.back()
            try await show(flow) { try await Person(method: .wallet).act(on: $0, of: flow) }
            #expect(flow.state().elevations?.count == 1)
        }

        @Test(arguments: [true, false]) func theRedirectComesToTheNextProcess(isShown: Bool) async throws {
            let world = try await World(policy: #"{"providers":[{"provider":"google"}]}"#)
            _ = try await world.client.auth.signInWithSocial(provider: .google)
            let (redirect, gate) = try await leaveInBrowser(world)
            let restarted = try world.restarted()
            await gate.open()
            let flow = isShown ? try await restarted.client.stepUp.pendingFlow() : nil
            #expect(isShown == (flow?.state().name == "awaitingBrowser"))

            let auth = restarted.client.auth
            guard case .elevated(let elevation) = try await auth.handleRedirect(url: redirect) else {
                Issue.record("the redirect has led elsewhere")
                return
            }
            #expect(elevation.scopes == export)
            if let flow {
                let states = try await flow.states().reduce(into: []) { $0.append($1) }
                #expect(states.last == .granted(elevations: [elevation], notRequired: []))
            }
            #expect(try await restarted.client.stepUp.pendingFlow()?.state() == nil)
            #expect(try await restarted.callBackend(TokenScope.walletExport) == 200)
            #expect(try await auth.handleRedirect(url: redirect) == .notOurs)
        }

        @Test func afterALogoutNothingIsLeft() async throws {
            let world = try await World()
            try await world.signIn()
            try await leaveWithCode(world)
            let restarted = try world.restarted()
            let flow = try #require(try await restarted.client.stepUp.pendingFlow())
            try await restarted.client.auth.logout()
            try await eventually("the flow has ended") { flow.state() == .cancelled(reason: .signedOut) }
            #expect(await world.storage.records.isEmpty)
            try await restarted.signIn()
            #expect(try await restarted.client.stepUp.pendingFlow()?.state() == nil)
        }

        /// A flow whose user is to type a code.
        private func leaveWithCode(_ world: World) async throws {
            let writes = await world.storage.writes
            let flow = try world.client.stepUp.start(scopes: export)
            try await eventually("there is a choice") { flow.state() != .checking }
            if let option = flow.state().options?.first {
                try flow.select(optionId: option.id)
            }
            try await eventually("the code was sent, and that was written down") {
                let isWritten = await world.storage.writes > writes
                return isWritten && flow.state().prompt != nil
            }
        }

        /// A flow whose user consents in a browser that has not come back yet: the redirect.
        private func leaveInBrowser(_ world: World) async throws -> (String, Gate) {
            let gate = Gate()
            await world.browser.set(.waits(gate))
            let visits = await world.browser.opened.count
            let flow = try world.client.stepUp.start(scopes: export)
            try await eventually("the browser is opened") { await world.browser.opened.count > visits }
            #expect(flow.state().name == "awaitingBrowser")
            let page = try #require(await world.browser.opened.last)
            return (try await world.sandbox.approve(page: page.url, account: "ada's account"), gate)
        }
    }
}
