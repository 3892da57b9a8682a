import Foundation
import StepUp
import Testing

extension AllTests {
    /// What the library makes of callbacks that misbehave.
    @Suite struct CallbackTests {
        @Test func whatACallbackThrowsStaysWithIt() async throws {
            let world = try await World()
            let (auth, thrown) = (world.client.auth, HostError())
            await world.storage.set(.fails(thrown))
            let storage = await error { try await auth.session() }
            #expect(storage == .StorageFailed(reason: .unavailable))
            await world.storage.set(.works)

            await world.keys.set(.fails(thrown))
            _ = try await auth.sendEmailOtp(email: ada)
            let code = try await world.sandbox.code(for: ada)
            let keys = await error { try await auth.signInWithOtp(code: code) }
            #expect(keys == .CallbackFailed(what: .keys))
            await world.keys.set(.works)
            _ = try await auth.signInWithOtp(code: code, options: SignInOptions(allowNewMfaLinking: true))

            await world.passkeys.set(.fails(thrown))
            let passkeys = await error { try await world.client.passkeys.register() }
            #expect(passkeys == .CallbackFailed(what: .passkey))
            for told in [storage, keys, passkeys] {
                #expect(!printed(told as Any).contains(HostError.text))
            }
            #expect(!thrown.wasRead, "the text crosses to the core only if somebody reads it")
            await world.passkeys.set(.works)
            _ = try await world.client.passkeys.register()
        }

        @Test func eachErrorOfACallbackArrivesAsWhatItMeans() async throws {
            let world = try await World()
            try await world.signInToAddFactors()
            let expected: [(PlatformError, StepUpError)] = [
                (.Cancelled, .Cancelled),
                (.TimedOut, .TimedOut(what: .passkey)),
                (.NotFound, .MethodUnavailable(reason: .notOnThisDevice, answer: nil)),
                (.AlreadyExists, .MethodUnavailable(reason: .alreadyEnrolled, answer: nil)),
                (.Unsupported, .MethodUnavailable(reason: .unsupported, answer: nil)),
                (.KeyInvalidated, .MethodUnavailable(reason: .notOnThisDevice, answer: nil)),
                (.Locked, .CallbackFailed(what: .passkey)),
                (.Internal(reason: "host-secret"), .CallbackFailed(what: .passkey)),
            ]
            for (thrown, arrives) in expected {
                await world.passkeys.set(.fails(thrown))
                #expect(await error { try await world.client.passkeys.register() } == arrives)
            }
            await world.passkeys.set(.fails(PlatformError.Configuration(reason: "host-secret")))
            let told = await error { try await world.client.passkeys.register() }
            #expect(told?.kind() == .fixConfiguration)
            #expect(!printed(told as Any).contains("host-secret"))
        }

        @Test func aCallbackThatHangsEndsByItsDeadline() async throws {
            let world = try await World(deadlines: World.shortDeadlines)
            let auth = world.client.auth
            let gate = Gate()

            await world.storage.set(.waits(gate))
            #expect(await error { try await auth.session() } == .TimedOut(what: .storage))
            await world.storage.set(.works)

            await world.keys.set(.waits(gate))
            _ = try await auth.sendEmailOtp(email: ada)
            let code = try await world.sandbox.code(for: ada)
            #expect(await error { try await auth.signInWithOtp(code: code) } == .TimedOut(what: .keys))
            await world.keys.set(.works)
            _ = try await auth.signInWithOtp(code: code, options: SignInOptions(allowNewMfaLinking: true))

            await world.passkeys.set(.waits(gate))
            let passkey = await error { try await world.client.passkeys.register() }
            #expect(passkey == .TimedOut(what: .passkey))
            await world.passkeys.set(.works)
            _ = try await world.client.passkeys.register()
            await gate.open()
        }

        @Test func browserWalletAndCaptchaMayMisbehave() async throws {
            let policy = #"""
                {"providers":[{"provider":"google"}],"captcha":{"provider":"hcaptcha","siteKey":"key"}}
                """#
            let world = try await World(policy: policy, deadlines: World.shortDeadlines)
            let (auth, thrown, gate) = (world.client.auth, HostError(), Gate())
            try await world.wallets.offer("wallet")
            func check(
                _ callback: PlatformCallback, _ behave: (Behaviour) async -> Void,
                _ call: () async throws -> Any
            ) async throws {
                await behave(.fails(thrown))
                let failed = await error(of: call)
                #expect(failed == .CallbackFailed(what: callback))
                #expect(!printed(failed as Any).contains(HostError.text))
                await behave(.waits(gate))
                #expect(await error(of: call) == .TimedOut(what: callback))
                await behave(.works)
                _ = try await call()
            }
            try await check(.browser, { await world.browser.set($0) }) {
                try await auth.signInWithSocial(provider: .google)
            }
            for part in [TestWallets.Call.accounts, .signMessage] {
                try await check(.wallet, { await world.wallets.set($0, for: part) }) {
                    try await auth.signInWithWallet()
                }
            }
            try await check(.captcha, { await world.captcha.set($0) }) {
                try await auth.sendEmailOtp(email: ada)
            }
            #expect(!thrown.wasRead, "the text crosses to the core only if somebody reads it")
            await gate.open()
        }

        @Test func aLateAnswerDoesNoHarm() async throws {
            let world = try await World(deadlines: World.shortDeadlines)
            let auth = world.client.auth
            let gate = Gate()
            await world.passkeys.set(.waits(gate))
            try await world.signInToAddFactors()
            #expect(await error { try await world.client.passkeys.register() }?.kind() == .askUserAgain)
            await gate.open()
            // What comes of the ceremony that was given up is not registered.
            _ = try await auth.refresh()
            #expect(try await world.factors().isEmpty)
        }

        @Test func aLateWriteDoesNotOutliveALogout() async throws {
            let world = try await World(deadlines: World.shortDeadlines)
            let gate = Gate()
            await world.storage.set(.waits(gate), for: "put")
            let late = await error { try await world.signIn() }
            #expect(late == .TimedOut(what: .storage))
            try await world.client.auth.logout()
            await gate.open()
            try await eventually("the late write is undone") {
                let (writes, records) = await (world.storage.writes, world.storage.records)
                // That of the code, and that of the session.
                return writes == 2 && records.isEmpty
            }
            #expect(try await world.restarted().client.auth.session() == nil)
        }

        @Test func aCallbackMayCallTheClient() async throws {
            let world = try await World(deadlines: World.shortDeadlines)
            try await world.signInToAddFactors()
            let client = world.client
            await world.passkeys.set(
                .calls {
                    _ = try await client.auth.refresh()
                    _ = try await client.stepUp.check(scope: TokenScope.walletExport)
                })
            _ = try await client.passkeys.register()
            #expect(try await world.sandbox.requests(to: "/refresh").count == 1)

            // A key callback into a call that needs a key itself: no deadlock, an error by the deadline.
            await world.keys.set(.calls { _ = try await client.auth.refresh() })
            let refused = await error { try await client.auth.refresh() }
            #expect(refused == .TimedOut(what: .keys) || refused == .CallbackFailed(what: .keys))
            await world.keys.set(.works)
            _ = try await client.auth.refresh()
        }

        @Test func aLogSinkIsToldAndMayFail() async throws {
            let sandbox = try Sandbox()
            let sink = TestLogSink()
            let platform = Platform(storage: TestStorage(), deviceKeys: TestKeys(), logSink: sink)
            let config = World.config(sandbox)
            let client = try StepUpClient(config: config, platform: platform)
            await sink.set(.fails(HostError()))
            _ = try await client.auth.sendEmailOtp(email: ada)
            await sink.set(.works)
            _ = try await client.auth.resendOtp()
            try await eventually("the log is written") { await !sink.records.isEmpty }
            #expect(await !sink.records.contains { $0.text.contains(ada) })
        }
    }
}
