import Foundation
import StepUp
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

private let export = TokenScope.walletExport

extension AllTests {
    /// Guarded operations.
    @Suite struct WithStepUpTests {
        @Test func theOperationIsRunOnceMoreWhenTheUserHasDoneTheStepUp() async throws {
            let world = try await World()
            try await world.signIn()
            let (operation, screens) = (Count(), Count())
            let status = try await world.client.stepUp.withStepUp(scope: export) { flow in
                await screens.add()
                _ = try? await show(flow) { try await world.reader(of: ada).act(on: $0, of: flow) }
            } operation: {
                await operation.add()
                return try await world.callBackend(export)
            }
            #expect(status == 200)
            #expect(await (operation.value, screens.value) == (2, 1))
        }

        @Test func whatWasNotRefusedForWantOfThisStepUpRunsOnce() async throws {
            let world = try await World()
            try await world.signIn()
            _ = try await world.verifyByEmail([export])
            let (stepUp, operation, sent) = (world.client.stepUp, Count(), try await checks(in: world))
            let status = try await stepUp.withStepUp(scope: export, present: notShown) {
                await operation.add()
                return try await world.callBackend(export)
            }
            #expect(await operation.value == 1 && status == 200)

            let elsewhere = StepUpError.StepUpRequired(
                operation: "", scope: TokenScope.userDelete, tokenWasAttached: false)
            for thrown in [elsewhere, StepUpError.Cancelled, .NotElevated(granted: [], missing: [export])] {
                let told = await error {
                    try await stepUp.withStepUp(scope: export, present: notShown) {
                        await operation.add()
                        throw thrown
                    } as Bool
                }
                #expect(told == thrown)
            }
            #expect(await operation.value == 4)
            await #expect(throws: HostError.self) {
                try await stepUp.withStepUp(scope: export, present: notShown) { throw HostError() } as Bool
            }
            #expect(try await checks(in: world) == sent)
        }

        @Test func withoutNeedOfTheUserNothingIsShown() async throws {
            let world = try await World()
            try await world.signIn()
            let operation = Count()
            // The server requires nothing for this scope, whatever the operation was told.
            let scope = TokenScope.walletSign
            let done = try await world.client.stepUp.withStepUp(scope: scope, present: notShown) {
                await operation.add()
                return await operation.value == 2 ? true : try refused(for: scope)
            }
            #expect(done)
        }

        @Test func anOperationThatIsRefusedAgainIsNotRunAThirdTime() async throws {
            let world = try await World()
            try await world.signIn()
            let operation = Count()
            let told = await error {
                try await world.client.stepUp.withStepUp(scope: export) { flow in
                    _ = try? await show(flow) { try await world.reader(of: ada).act(on: $0, of: flow) }
                } operation: {
                    await operation.add()
                    return try refused(for: export)
                }
            }
            #expect(told?.kind() == .stepUpNeeded)
            #expect(await operation.value == 2)
        }

        /// Any HTTP client, whose answer is told.
        @Test func aHeldTokenThatTheBackendRefusesIsReplacedByANewOne() async throws {
            let (world, scope) = (try await World(), TokenScope.credentialUnlink)
            try await world.signIn()
            _ = try await world.verifyByEmail([scope])
            try await world.refuseForWantOfAStepUp(count: 1)
            _ = try await world.sandbox.advanceClock(seconds: 1)
            let stepUp = world.client.stepUp
            let status = try await stepUp.withStepUp(scope: scope) { flow in
                _ = try? await show(flow) { try await world.reader(of: ada).act(on: $0, of: flow) }
            } operation: {
                let headers = try await stepUp.authorizationHeaders(scope: scope)
                var request = try world.request()
                headers.forEach { request.setValue($0.value, forHTTPHeaderField: $0.name) }
                let (body, response) = try await URLSession.shared.data(for: request)
                let status = try #require(response as? HTTPURLResponse).statusCode
                try await stepUp.ensureNotRefused(scope: scope, headers: headers, status: status, body: body)
                return status
            }
            #expect(status == 200)
            let tokens = try await world.headers(at: World.endpoint).compactMap(\.token)
            #expect(tokens.count == 2 && Set(tokens).count == 2)
        }

        @Test func theUserMayDecline() async throws {
            let world = try await World()
            try await world.signIn()
            let operation = Count()
            let told = await error {
                try await world.client.stepUp.withStepUp(scope: export, present: { $0.cancel() }) {
                    await operation.add()
                    return try await world.callBackend(export)
                }
            }
            #expect(told == .Cancelled)
            #expect(await operation.value == 1)
        }

        @Test func aFlowThatFailsSaysWhy() async throws {
            let world = try await World()
            let told = await error {
                try await world.client.stepUp.withStepUp(scope: export, present: notShown) {
                    try refused(for: export)
                }
            }
            #expect(told == .NotSignedIn(answer: nil))
        }

        @Test func cancellingTheTaskEndsTheFlowAndItsScreen() async throws {
            let world = try await World()
            try await world.signIn()
            let (shown, gone) = (Gate(), Gate())
            let task = Task {
                await error {
                    try await world.client.stepUp.withStepUp(scope: export) { flow in
                        await shown.pass()
                        // Ends with the flow, although it does not look at the task.
                        _ = try? await show(flow) { _ in }
                        await gone.pass()
                    } operation: {
                        try refused(for: export)
                    }
                }
            }
            try await eventually("the flow is shown") { await shown.arrivals == 1 }
            let flow = try world.client.stepUp.start(scopes: [export])
            // Only looks at it.
            flow.leave()
            task.cancel()
            #expect(await task.value == .Cancelled)
            #expect(flow.state() == .cancelled(reason: .byApp))
            await shown.open()
            try await eventually("the screen is gone") { await gone.arrivals == 1 }
            await gone.open()
        }

        @Test func cancellingOneOfTwoLeavesTheOther() async throws {
            let world = try await World()
            try await world.signIn()
            let (runs, screens) = (Count(), Count())
            let tasks = (0..<2).map { _ in
                Task {
                    try await world.client.stepUp.withStepUp(scope: export) { _ in
                        await screens.add()
                    } operation: {
                        await runs.add()
                        let held = world.client.stepUp.hasElevatedAccessToken(scope: export)
                        return held ? true : try refused(for: export)
                    }
                }
            }
            try await eventually("both wait") { await screens.value == 2 }
            tasks[0].cancel()
            #expect(await error { try await tasks[0].value } == .Cancelled)
            let flow = try world.client.stepUp.start(scopes: [export])
            try await eventually("the code was sent") { flow.state().prompt != nil }
            try await flow.submit(code: world.sandbox.code(for: ada))
            #expect(try await tasks[1].value)
            #expect(await runs.value == 3)
        }

        @Test func aScreenThatHangsKeepsNobody() async throws {
            let world = try await World()
            try await world.signIn()
            let gate = Gate()
            let done = try await world.client.stepUp.withStepUp(scope: export) { flow in
                _ = try? await show(flow) { try await world.reader(of: ada).act(on: $0, of: flow) }
                await gate.pass()
            } operation: {
                let held = world.client.stepUp.hasElevatedAccessToken(scope: export)
                return held ? true : try refused(for: export)
            }
            #expect(done)
            await gate.open()
        }

        private func checks(in world: World) async throws -> Int {
            try await world.sandbox.requests(to: "/stepUp/check").count
        }
    }
}

/// Counts.
private actor Count {
    private(set) var value = 0

    func add() {
        value += 1
    }
}

/// A screen that must not be asked for.
@Sendable private func notShown(_ flow: StepUpFlow) async {
    Issue.record("the flow was shown: \(flow.state().name)")
    flow.cancel()
}

/// What an operation does that lacks this permission.
private func refused(for scope: String) throws -> Bool {
    throw StepUpError.StepUpRequired(operation: "test", scope: scope, tokenWasAttached: false)
}
