import StepUp
import StepUpGenerated

/// The user's wallets, with keys in the sandbox: they sign whatever they are asked to.
public actor TestWallets: WalletSigner {
    private let sandbox: Sandbox
    /// Names of the sandbox's wallets by address.
    private var names: [String: String] = [:]
    private var offered: [WalletAccount] = []
    /// The texts that were to be signed.
    public private(set) var asked: [WalletMessage] = []
    private var behaviour = Behaviour.works
    private var affected = Call.signMessage

    /// A call of `WalletSigner`.
    public enum Call: Sendable {
        /// What the wallets offer.
        case accounts
        /// A signature.
        case signMessage
    }

    /// Wallets that have their keys in this sandbox; none is offered yet.
    public init(sandbox: Sandbox) {
        self.sandbox = sandbox
    }

    /// From now on one of the two calls behaves like this.
    public func set(_ behaviour: Behaviour, for call: Call = .signMessage) {
        (self.behaviour, affected) = (behaviour, call)
    }

    /// From now on this wallet of the sandbox is there, and no other.
    @discardableResult
    public func offer(_ name: String, on chain: WalletChain = .evm) async throws -> WalletAccount {
        let address = try await sandbox.wallet(name, chain: chain.name)
        let account = WalletAccount(
            address: address, chain: chain, walletName: "Test Wallet", walletProvider: .deepLink)
        names[address] = name
        offered = [account]
        return account
    }

    /// From now on an account signs with the key of another wallet.
    public func swapKey(of account: WalletAccount, for name: String) {
        names[account.address] = name
    }

    /// The wallet that is there, if one is.
    public func accounts() async throws -> [WalletAccount] {
        if affected == .accounts {
            try await behaviour.pass()
        }
        return offered
    }

    /// The user signs.
    public func signMessage(message: WalletMessage) async throws -> String {
        asked.append(message)
        if affected == .signMessage {
            try await behaviour.pass()
        }
        guard let name = names[message.account.address] else { throw PlatformError.NotFound }
        return try await sandbox.sign(
            message.message, wallet: name, chain: message.account.chain.name)
    }
}

extension WalletChain {
    /// As the sandbox calls it.
    fileprivate var name: String {
        switch self {
        case .evm: "EVM"
        case .solana: "SOL"
        case .other(let name): name
        }
    }
}
