package dev.stepup.support

import dev.stepup.core.BrowserRequest
import dev.stepup.core.CaptchaChallenge
import dev.stepup.core.CaptchaProvider
import dev.stepup.core.OAuthBrowser
import dev.stepup.core.WalletAccount
import dev.stepup.core.WalletChain
import dev.stepup.core.WalletMessage
import dev.stepup.core.WalletProvider
import dev.stepup.core.WalletSigner
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CopyOnWriteArrayList

/** A browser whose user decides at once on the sandbox's consent page. */
internal class TestBrowser(private val sandbox: Sandbox) : Callback(), OAuthBrowser {
    /** The account that the user chooses; without one the user denies. */
    @Volatile
    var account: String? = "ada"

    /** What the browser answers with once the user has decided. */
    @Volatile
    var after: suspend (redirect: String) -> String = { it }

    val requests = ConcurrentLinkedQueue<BrowserRequest>()

    override suspend fun open(request: BrowserRequest): String {
        requests.add(request)
        begin("open")
        val redirect = account?.let { sandbox.approve(request.url, it) } ?: sandbox.deny(request.url)
        return after(redirect)
    }
}

/** The sandbox's software wallets, each of a name. */
internal class TestWallets(private val sandbox: Sandbox) : Callback(), WalletSigner {
    private val accounts = CopyOnWriteArrayList<Pair<String, WalletAccount>>()

    /** Another wallet that signs, whatever account was asked for. */
    @Volatile
    var signer: String? = null

    val messages = ConcurrentLinkedQueue<WalletMessage>()

    /** One more account, after those that there are. */
    fun offer(name: String, chain: WalletChain): WalletAccount {
        val address = sandbox.walletAddress(name, wireName(chain))
        val account = WalletAccount(address, chain, "Test Wallet", WalletProvider.DeepLink)
        accounts.add(name to account)
        return account
    }

    override suspend fun accounts(): List<WalletAccount> {
        begin("accounts")
        return accounts.map { it.second }
    }

    override suspend fun signMessage(message: WalletMessage): String {
        messages.add(message)
        begin("signMessage")
        val name = signer ?: accounts.single { it.second == message.account }.first
        return sandbox.sign(name, wireName(message.account.chain), message.message)
    }

    private fun wireName(chain: WalletChain) = if (chain == WalletChain.Solana) "SOL" else "EVM"
}

/** A captcha that its user solves at once. */
internal class TestCaptcha : Callback(), CaptchaProvider {
    val challenges = ConcurrentLinkedQueue<CaptchaChallenge>()

    override suspend fun solve(challenge: CaptchaChallenge): String {
        challenges.add(challenge)
        begin("solve")
        return "a-solved-captcha"
    }
}
