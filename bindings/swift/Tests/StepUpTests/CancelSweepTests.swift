import Foundation
import StepUp
import Testing

private let export = [TokenScope.walletExport]

/// What a user may have come from when they leave the screen.
private struct Errand: Sendable, CustomTestStringConvertible {
    let name: String
    /// Whether nobody is signed in afterwards: a sign-out goes on without its caller.
    var signsOut = false
    var prepare: @Sendable (World) async throws -> World = { $0 }
    /// How the user proves afterwards who they are.
    var stepUp: @Sendable (World) async throws -> Elevation = { try await $0.verifyByEmail(export) }
    let perform: @Sendable (World) async throws -> Void

    var testDescription: String { name }

    static let all = [
        Errand(name: "restore", prepare: { try await $0.isSignedIn().restarted() }) {
            try await $0.client.restore()
        },
        Errand(name: "sign in", prepare: { try await $0.hasCode() }) {
            let code = try await $0.sandbox.code(for: ada)
            _ = try await $0.client.auth.signInWithOtp(code: code)
        },
        Errand(name: "sign in with a social account") {
            _ = try await $0.client.auth.signInWithSocial(provider: .google)
        },
        Errand(name: "refresh", prepare: { try await $0.isSignedIn() }) {
            _ = try await $0.client.auth.refresh()
        },
        Errand(name: "sign out", signsOut: true, prepare: { try await $0.isSignedIn() }) {
            try await $0.client.auth.logout()
        },
        Errand(name: "verify by e-mail", prepare: { try await $0.isSignedIn() }) {
            _ = try await $0.verifyByEmail(export)
        },
        Errand(
            name: "verify by passkey", prepare: { try await $0.hasPasskey() },
            stepUp: { try await $0.client.stepUp.verifyPasskey(scopes: export) }
        ) {
            _ = try await $0.client.stepUp.verifyPasskey(scopes: export)
        },
        Errand(
            name: "a guarded operation", prepare: { try await $0.hasPasskey() },
            stepUp: { try await $0.client.stepUp.verifyPasskey(scopes: export) }
        ) { world in
            _ = try await world.client.stepUp.withStepUp(scope: TokenScope.walletExport) { _ in
            } operation: {
                try await world.callBackend(TokenScope.walletExport)
            }
        },
    ]
}

extension AllTests {
    /// A task may be cancelled at any moment: here it is, at each call of the library to the app.
    @Suite(.timeLimit(.minutes(5))) struct CancelSweepTests {
        @Test(arguments: Errand.all)
        fileprivate func nothingIsLeftAndEverythingStillWorks(errand: Errand) async throws {
            let undisturbed = try await errand.prepare(World(policy: Self.policy))
            let (moments, end) = await undisturbed.performs(errand, cancelledAt: nil)
            try end.get()
            try #require(moments > 0, "it calls nothing")
            for moment in 1...moments {
                weak var storage = try await isCancelled(errand, at: moment)
                try await eventually("every callback has been let go") { storage == nil }
            }
        }

        private static let policy = #"{"providers":[{"provider":"google"}]}"#

        /// Answers with the storage of the client, which is shut down.
        private func isCancelled(_ errand: Errand, at moment: Int) async throws -> TestStorage {
            let world = try await errand.prepare(World(policy: Self.policy))
            let (_, end) = await world.performs(errand, cancelledAt: moment)
            #expect(await error { try end.get() } == .Cancelled, "call \(moment)")
            // A session that the server has given is kept. What is held is what is stored, and is there after
            // a new start.
            var held: String?
            try await eventually("what is held is stored") {
                held = try await world.client.auth.session()?.user.id
                let isSignedIn = try await world.hasSession && !errand.signsOut
                let isStored = try await world.stores(held)
                return isStored && isSignedIn == (held != nil)
            }
            let again = try world.restarted()
            #expect(try await again.client.auth.session()?.user.id == held, "call \(moment)")
            try await again.client.auth.logout()
            // So that codes may be sent again.
            _ = try await again.sandbox.advanceClock(seconds: 660)
            try await again.signIn()
            #expect(try await errand.stepUp(again).scopes == export, "call \(moment)")
            #expect(try await again.callBackend(TokenScope.walletExport) == 200, "call \(moment)")
            again.client.shutdown()
            return again.storage
        }
    }
}

extension World {
    fileprivate func isSignedIn() async throws -> World {
        try await signIn()
        return self
    }

    fileprivate func hasCode() async throws -> World {
        _ = try await client.auth.sendEmailOtp(email: ada)
        return self
    }

    fileprivate func hasPasskey() async throws -> World {
        try await signInToAddFactors()
        _ = try await client.passkeys.register()
        return self
    }

    /// Whether the server has answered a sign-in.
    fileprivate var hasSession: Bool {
        get async throws {
            try await sandbox.requests().contains { exchange in
                exchange.path.lowercased().hasSuffix("/signin") && exchange.status == 200
            }
        }
    }

    /// Whether this user is stored; for nobody, whether none is. The code that nobody has signed in with yet
    /// is stored as well.
    fileprivate func stores(_ user: String?) async throws -> Bool {
        let awaitsCode = try await client.auth.pendingOtp() != nil
        let records = await storage.records.filter { !awaitsCode || !$0.key.hasSuffix(".browser") }
        guard let user else { return records.isEmpty }
        return records.values.contains { String(decoding: $0, as: UTF8.self).contains(user) }
    }

    /// Cancels when the library calls the app for the so-and-so-many-th time: how often it has called, and
    /// how it ended.
    fileprivate func performs(
        _ errand: Errand, cancelledAt moment: Int?
    ) async -> (Int, Result<Void, any Error>) {
        let (start, calls) = (Gate(), Counter())
        let task = Task {
            await start.pass()
            try await errand.perform(self)
        }
        await behave(
            .calls {
                guard await calls.next() == moment else { return }
                task.cancel()
                // The call ends at once, whatever becomes of the callback.
                _ = await task.result
            })
        await start.open()
        let end = await task.result
        await behave(.works)
        return (await calls.value, end)
    }

    private func behave(_ behaviour: Behaviour) async {
        await storage.set(behaviour)
        await keys.set(behaviour)
        await passkeys.set(behaviour)
        await browser.set(behaviour)
    }
}

private actor Counter {
    private(set) var value = 0

    func next() -> Int {
        value += 1
        return value
    }
}
