import StepUp
import Testing

private let export = [TokenScope.walletExport]

extension AllTests {
    /// External wallets: signing in, linking, step-up, and the decisions that linking can lead to.
    @Suite struct WalletTests {
        @Test(arguments: [WalletChain.evm, .solana]) func signIn(chain: WalletChain) async throws {
            let world = try await World()
            let auth = world.client.auth
            let account = try await world.wallets.offer("wallet", on: chain)
            let options = SignInOptions(requestedScopes: export)
            let outcome = try await auth.signInWithWallet(address: account.address, options: options)
            guard case .done(let session, let granted) = outcome else { return }
            #expect(session.user.verifiedCredentials.first?.walletAddress == account.address)
            #expect(granted == export)
            let text = try #require(await world.wallets.asked.first?.message)
            #expect(text.hasPrefix("localhost wants you to sign in with your "))

            let unknown = await error { try await auth.signInWithWallet(address: "unknown") }
            #expect(unknown?.kind() == .chooseAnotherMethod)
            await world.wallets.set(.fails(PlatformError.Cancelled))
            #expect(await error { try await auth.signInWithWallet() } == .Cancelled)
            #expect(try await auth.session()?.user.id == session.user.id)
        }

        @Test(arguments: [WalletChain.evm, .solana])
        func aSignatureOfAnotherKeyIsRefused(chain: WalletChain) async throws {
            let world = try await World()
            let account = try await world.wallets.offer("wallet", on: chain)
            await world.wallets.swapKey(of: account, for: "another")
            let refused = await error { try await world.client.auth.signInWithWallet() }
            guard case .MethodUnavailable(.proofRefused, .some) = refused else {
                Issue.record("\(String(describing: refused))")
                return
            }
        }

        @Test func withoutAWalletThereIsNothingToSignWith() async throws {
            let world = try await World()
            let config = World.config(world.sandbox, namespace: "without-wallets")
            let without = try StepUpClient(config: config, platform: .insecureInMemory())
            let none = await error { try await without.auth.signInWithWallet() }
            #expect(none == .MethodUnavailable(reason: .unsupported, answer: nil))
            let empty = await error { try await world.client.auth.signInWithWallet() }
            #expect(empty?.kind() == .chooseAnotherMethod)
        }

        @Test func linkAndStepUp() async throws {
            let world = try await World()
            let (auth, stepUp) = (world.client.auth, world.client.stepUp)
            let account = try await world.wallets.offer("wallet")
            try await world.signIn()
            let gated = await error { try await auth.linkWallet() }
            #expect(gated?.kind() == .stepUpNeeded)
            let none = await error { try await stepUp.verifyWallet(scopes: export) }
            #expect(none == .MethodUnavailable(reason: .notEnrolled, answer: nil))
            #expect(await world.wallets.asked.isEmpty)

            try await world.signIn(for: [TokenScope.credentialLink])
            guard case .done(let session) = try await auth.linkWallet(address: account.address) else {
                Issue.record("not linked")
                return
            }
            let wallet = try #require(session.user.verifiedCredentials.first { $0.format == .blockchain })
            let elevation = try await stepUp.verifyWallet(scopes: export, credentialId: wallet.id)
            #expect(elevation.scopes == export)
            #expect(try await world.callBackend(TokenScope.walletExport) == 200)

            let unknown = await error { try await stepUp.verifyWallet(scopes: export, credentialId: "none") }
            #expect(unknown == .MethodUnavailable(reason: .notEnrolled, answer: nil))
            try await world.wallets.offer("other")
            let elsewhere = await error { try await stepUp.verifyWallet(scopes: export) }
            #expect(elsewhere == .MethodUnavailable(reason: .notOnThisDevice, answer: nil))
        }

        @Test func aWalletOfAnotherUserMovesWhenTheUserConfirmsIt() async throws {
            let (world, account) = try await conflict("transfer")
            let auth = world.client.auth
            let early = await error { try await auth.confirmTransfer() }
            #expect(early?.argument == "transfer")
            #expect(try await auth.linkWallet() == .transferRequired(account: account))
            guard case .done(let session) = try await auth.confirmTransfer() else {
                Issue.record("not moved")
                return
            }
            #expect(session.user.email == ada)
            #expect(session.user.verifiedCredentials.map(\.walletAddress).contains(account.address))
        }

        @Test func twoAccountsBecomeOneAsTheUserDecides() async throws {
            let (world, account) = try await conflict("merge")
            let auth = world.client.auth
            let early = await error { try await auth.confirmMerge(resolutions: []) }
            #expect(early?.argument == "merge")
            _ = try await auth.updateUser(update: UserUpdate(firstName: "Ada"))
            guard case .mergeRequired(let offer) = try await auth.linkWallet() else {
                Issue.record("no merge was offered")
                return
            }
            let difference = try #require(offer.conflicts.first)
            #expect(difference.current.value == "Ada" && difference.other.value == "Walter")
            #expect(!printed(offer).contains("Walter"))
            let undecided = await error { try await auth.confirmMerge(resolutions: []) }
            #expect(undecided?.argument == "resolutions")

            let decision = MergeResolution(
                field: difference.field, fieldType: difference.fieldType, userId: difference.other.userId)
            guard case .done(let session) = try await auth.confirmMerge(resolutions: [decision]) else {
                Issue.record("not merged")
                return
            }
            #expect(session.user.firstName == "Walter" && session.user.email == ada)
            #expect(session.user.verifiedCredentials.map(\.walletAddress).contains(account.address))
        }

        /// A user signed in by e-mail and allowed to link, and a wallet that is another user's.
        private func conflict(_ leadsTo: String) async throws -> (World, WalletAccount) {
            let world = try await World(policy: #"{"linkConflict":"\#(leadsTo)"}"#)
            let account = try await world.wallets.offer("wallet")
            _ = try await world.client.auth.signInWithWallet()
            _ = try await world.client.auth.updateUser(update: UserUpdate(firstName: "Walter"))
            try await world.signIn(for: [TokenScope.credentialLink])
            return (world, account)
        }
    }
}
