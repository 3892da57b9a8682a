import Foundation
import StepUp
import Testing

extension AllTests {
    /// Shutting down, many callers, many clients.
    @Suite struct LifecycleTests {
        @Test func afterShutdownEveryCallSaysSo() async throws {
            let world = try await World()
            try await world.signIn()
            _ = try await world.verifyByEmail([TokenScope.userUpdate])
            let client = world.client
            client.shutdown()
            client.shutdown()
            let scope = TokenScope.walletExport
            let phone = PhoneNumber(countryCode: "1", number: "2025550167")
            let prepared = PreparedPasskey(optionsJson: "{}", expiresAt: .distantFuture)
            let missing = StepUpError.StepUpRequired(operation: "", scope: scope, tokenWasAttached: false)
            let refused = Result<Bool, StepUpError>.failure(missing)
            let calls: [() async throws -> Any?] = [
                { try await client.restore() },
                { try await client.auth.sendEmailOtp(email: ada) },
                { try await client.auth.sendSmsOtp(phone: phone) },
                { try await client.auth.resendOtp() },
                { try await client.auth.pendingOtp() },
                { try await client.auth.signInWithOtp(code: "123456") },
                { try await client.auth.completeMfaTotp(code: "123456") },
                { try await client.auth.completeMfaPasskey() },
                { try await client.auth.completeMfaRecovery(code: "code") },
                { try await client.auth.completeMfaEmail(code: "123456") },
                { try await client.auth.signInWithSocial(provider: .google) },
                { try await client.auth.signInWithWallet() },
                { try await client.auth.signInWithPasskey() },
                { try await client.auth.signInWithExternalJwt(jwt: "jwt") },
                { try await client.auth.handleRedirect(url: World.redirectUrl) },
                { try await client.auth.linkEmail(email: ada) },
                { try await client.auth.linkPhone(phone: phone) },
                { try await client.auth.resendLinkOtp() },
                { try await client.auth.pendingLinkOtp() },
                { try await client.auth.confirmLink(code: "123456") },
                { try await client.auth.linkSocial(provider: .google) },
                { try await client.auth.linkWallet() },
                { try await client.auth.confirmTransfer() },
                { try await client.auth.confirmMerge(resolutions: []) },
                { try await client.auth.unlinkCredential(credentialId: "id") },
                { try await client.auth.updateUser(update: UserUpdate(firstName: "Ada")) },
                { try await client.auth.deleteUser() },
                { try await client.auth.session() },
                { try await client.auth.sessionToken(kind: .full) },
                { try await client.auth.refresh() },
                { try await client.auth.logout() },
                { try await client.stepUp.check(scope: scope) },
                { try await client.stepUp.isRequired(scope: scope) },
                { try await client.stepUp.sendOtp() },
                { try await client.stepUp.resendOtp() },
                { try await client.stepUp.verifyOtp(code: "123456", scopes: [scope]) },
                { try await client.stepUp.verifyTotp(code: "123456", scopes: [scope]) },
                { try await client.stepUp.verifyPasskey(scopes: [scope]) },
                { try await client.stepUp.preparePasskey() },
                { try await client.stepUp.performPasskey(prepared: prepared, scopes: [scope]) },
                { try await client.stepUp.verifyRecoveryCode(code: "code", scopes: [scope]) },
                { try await client.stepUp.verifyMfaEmail(code: "123456", scopes: [scope]) },
                { try await client.stepUp.verifySocial(provider: .google, scopes: [scope]) },
                { try await client.stepUp.verifyWallet(scopes: [scope]) },
                { try await client.stepUp.verifyExternalJwt(jwt: "jwt") },
                { try await client.stepUp.takeElevatedAccessToken(scope: scope) },
                { try await client.stepUp.authorizationHeaders(scope: scope) },
                {
                    try await client.stepUp.ensureNotRefused(
                        scope: scope, headers: [], status: 200, body: Data())
                },
                { try client.stepUp.start(scopes: [scope]) },
                { try await client.stepUp.pendingFlow() },
                { try await client.stepUp.withStepUp(scope: scope, present: { _ in }) { try refused.get() } },
                { try client.auth.subscribe(listener: TestSessionListener()) },
                { try client.auth.sessions() },
                { try client.auth.duties() },
                { try client.stepUp.subscribeElevations(listener: TestElevationListener()) },
                { try client.stepUp.elevationUpdates() },
                { try client.stepUp.subscribe(listener: TestStepUpStateListener()) },
                { try client.stepUp.states() },
                { try client.deviceRegistration.subscribe(listener: TestListener()) },
                { try client.deviceRegistration.statuses() },
                { try await client.deviceRegistration.complete(link: "http://localhost") },
                { try await client.deviceRegistration.list() },
                { try await client.deviceRegistration.revoke(id: "id") },
                { try await client.deviceRegistration.revokeAll() },
                { try await client.mfa.setDefault(id: "id") },
                { try await client.mfa.isRequiredForAction(action: .userUpdate) },
                { try await client.mfa.createLegacyToken(factor: .passkey, kind: .reusable) },
                { try await client.mfa.legacyHeaders() },
                { try await client.mfa.methods() },
                { try await client.mfa.enrollTotp() },
                { try await client.mfa.confirmTotp(code: "123456") },
                { try await client.mfa.delete(id: "id") },
                { try await client.mfa.recoveryCodes() },
                { try await client.mfa.regenerateRecoveryCodes() },
                { try await client.mfa.acknowledgeRecoveryCodes() },
                { try await client.passkeys.list() },
                { try await client.passkeys.rename(id: "id", alias: "phone") },
                { try await client.passkeys.register() },
                { try await client.passkeys.delete(id: "id") },
            ]
            let requests = try await world.sandbox.requests().count
            for (index, call) in calls.enumerated() {
                #expect(await error(of: call) == .ClientClosed, "call \(index)")
            }
            client.setForeground(true)
            #expect(try await world.sandbox.requests().count == requests)
            #expect(try await world.restarted().client.auth.session() != nil)
        }

        @Test func shutdownEndsAFlow() async throws {
            let world = try await World()
            try await world.signIn()
            let flow = try world.client.stepUp.start(scopes: [TokenScope.walletExport], autoSelect: false)
            world.client.shutdown()
            let calls: [() throws -> Void] = [
                { try flow.select(optionId: "id") }, { try flow.submit(code: "123456") },
                { try flow.submitCaptcha(token: "token") }, { try flow.submitExternalJwt(jwt: "jwt") },
                { try flow.back() }, { try flow.resend() }, { try flow.retry() },
            ]
            for (index, call) in calls.enumerated() {
                #expect(await error(of: call) == .ClientClosed, "call \(index)")
            }
            // Whoever asks now is told the end.
            let end = StepUpFlowState.cancelled(reason: .clientClosed)
            try await eventually("the flow has ended") { flow.state() == end }
            flow.cancel()
            #expect(try await flow.states().reduce(into: []) { $0.append($1) } == [end])
            let screen = Screen()
            let subscription = try flow.subscribe(listener: screen)
            #expect(await screen.states.reduce(into: []) { $0.append($1) } == [end])
            subscription.cancel()
        }

        @Test func shutdownEndsCallsAndLetsGoOfTheCallbacks() async throws {
            let sandbox = try Sandbox()
            weak var storage: TestStorage?
            let client: StepUpClient
            do {
                let world = try World(on: sandbox, phone: "phone")
                (client, storage) = (world.client, world.storage)
                try await world.signIn()
            }
            try await sandbox.fault("GET", "users/mfa/methods", #""hang":true"#)
            let waiting = Task { await error { try await client.mfa.methods() } }
            try await sandbox.arrived(at: "/users/mfa/methods")
            client.shutdown()
            #expect(await waiting.value == .ClientClosed)
            try await eventually("the storage is let go") { storage == nil }
        }

        @Test func aHundredCallersAtOnce() async throws {
            let world = try await World()
            let stepUp = world.client.stepUp
            try await world.signIn()
            try await world.sandbox.fault("POST", "stepUp/check", #""latencyMs":1500"#)
            let required = try await inParallel(100) { _ in
                try await stepUp.isRequired(scope: TokenScope.walletExport)
            }
            #expect(required == Array(repeating: true, count: 100))
            #expect(try await world.sandbox.requests(to: "/stepUp/check").count == 1)
            try await world.sandbox.clearFaults()

            let each = try await inParallel(100) { number in
                try await stepUp.check(scope: "console:\(number)").scope
            }
            #expect(Set(each).count == 100)

            _ = try await world.verifyByEmail([TokenScope.walletExport])
            let taken = try await inParallel(100) { _ in
                try await stepUp.takeElevatedAccessToken(scope: TokenScope.walletExport)
            }
            #expect(taken.compactMap { $0 }.count == 1)
        }

        /// Answers are in no particular order.
        private func inParallel<Answer: Sendable>(
            _ count: Int, _ call: @escaping @Sendable (Int) async throws -> Answer
        ) async throws -> [Answer] {
            try await withThrowingTaskGroup(of: Answer.self) { group in
                for number in 0..<count {
                    group.addTask { try await call(number) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }

        #if os(Linux)
            /// Each client reads its storage and asks its keys through Swift, so callbacks and threads are
            /// used.
            @Test func aThousandClientsLeaveNothingBehind() async throws {
                let sandbox = try Sandbox()
                let config = World.config(sandbox)
                func live(_ count: Int) async throws {
                    for _ in 0..<count {
                        let platform = Platform(storage: TestStorage(), deviceKeys: TestKeys())
                        let client = try StepUpClient(config: config, platform: platform)
                        #expect(try await client.auth.session() == nil)
                        #expect(await error { try await client.auth.refresh() }?.kind() == .signInAgain)
                        client.shutdown()
                    }
                }
                try await live(300)
                let before = try Footprint()
                try await live(1_000)
                let after = try Footprint()
                // Allocators round and keep; a client that stayed would cost kilobytes, its task a thread's
                // share.
                #expect(after.kilobytes - before.kilobytes < 2_048, "\(before) → \(after)")
                #expect(after.threads <= before.threads + 2, "\(before) → \(after)")
                print("1,000 clients: \(before) → \(after)")
            }
        #endif
    }
}

#if os(Linux)
    /// What the kernel says of this process.
    private struct Footprint: CustomStringConvertible {
        let kilobytes: Int
        let threads: Int

        init() throws {
            let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            func number(_ name: String) throws -> Int {
                let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("\(name):") })
                return try #require(Int(line.filter(\.isNumber)))
            }
            (kilobytes, threads) = (try number("VmRSS"), try number("Threads"))
        }

        var description: String { "\(kilobytes) kB, \(threads) threads" }
    }
#endif
