package dev.stepup.calls

import dev.stepup.core.LinkOutcome
import dev.stepup.core.MergeResolution
import dev.stepup.core.PlatformException
import dev.stepup.core.SignInOptions
import dev.stepup.core.SignInOutcome
import dev.stepup.core.StepUpException
import dev.stepup.core.TokenScope
import dev.stepup.core.UnavailableReason
import dev.stepup.core.UserUpdate
import dev.stepup.core.WalletChain
import dev.stepup.support.Call
import dev.stepup.support.World
import dev.stepup.support.failure
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue

private val export = listOf(TokenScope.WALLET_EXPORT)
private val chains = listOf(WalletChain.Evm, WalletChain.Solana)

/** Somebody has the wallet, and another user wants to link it. */
private suspend fun World.linkWalletOfSomebodyElse(): LinkOutcome {
    wallets.offer("grace", WalletChain.Evm)
    auth.signInWithWallet()
    auth.updateUser(UserUpdate(firstName = "Grace"))
    signIn(SignInOptions(requestedScopes = listOf(TokenScope.CREDENTIAL_LINK)))
    auth.updateUser(UserUpdate(firstName = "Ada"))
    return auth.linkWallet()
}

internal val walletCalls = listOf(
    Call(
        "AuthClient.signInWithWallet",
        good = {
            for ((address) in chains.map { wallets.offer("ada", it) }) {
                val outcome = auth.signInWithWallet(address) as SignInOutcome.Done
                assertEquals(address, outcome.session.user.verifiedCredentials.single().walletAddress)
                assertTrue("${config.appOrigin}" in wallets.messages.last().message)
            }
        },
        bad = {
            val none = failure<StepUpException.MethodUnavailable> { auth.signInWithWallet() }
            assertSame(UnavailableReason.NOT_ENROLLED, none.reason)
            wallets.offer("ada", WalletChain.Evm)
            wallets.signer = "grace"
            val forged = failure<StepUpException.MethodUnavailable> { auth.signInWithWallet() }
            assertSame(UnavailableReason.PROOF_REFUSED, forged.reason)
            wallets.before = { throw PlatformException.Cancelled() }
            failure<StepUpException.Cancelled> { auth.signInWithWallet() }
            assertEquals(null, auth.session())
        },
    ),
    Call(
        "AuthClient.linkWallet",
        good = {
            signIn()
            verifyByEmail(TokenScope.CREDENTIAL_LINK)
            val added = chains.map { wallets.offer("ada", it).address }
            for (address in added) auth.linkWallet(address)
            val linked = auth.session()!!.user.verifiedCredentials.mapNotNull { it.walletAddress }
            assertEquals(added.toSet(), linked.toSet())
        },
        bad = {
            signIn()
            wallets.offer("ada", WalletChain.Evm)
            val refused = failure<StepUpException.StepUpRequired> { auth.linkWallet() }
            assertEquals(TokenScope.CREDENTIAL_LINK, refused.scope)
            assertTrue(wallets.calls.isEmpty(), "refused before the wallet is asked")
        },
    ),
    Call(
        "AuthClient.confirmTransfer",
        policy = """{"linkConflict": "transfer"}""",
        good = {
            val offer = linkWalletOfSomebodyElse() as LinkOutcome.TransferRequired
            val outcome = auth.confirmTransfer() as LinkOutcome.Done
            val wallet = outcome.session.user.verifiedCredentials.single { it.walletAddress != null }
            assertEquals(offer.account.address, wallet.walletAddress)
        },
        bad = {
            signIn()
            val wrong = failure<StepUpException.InvalidArgument> { auth.confirmTransfer() }
            assertEquals("transfer", wrong.argument)
        },
    ),
    Call(
        "AuthClient.confirmMerge",
        policy = """{"linkConflict": "merge"}""",
        good = {
            val conflicts = (linkWalletOfSomebodyElse() as LinkOutcome.MergeRequired).conflicts
            val conflict = conflicts.conflicts.single()
            assertEquals("Ada" to "Grace", conflict.current.value to conflict.other.value)
            val keep = MergeResolution(conflict.field, conflict.fieldType, conflict.other.userId)
            val outcome = auth.confirmMerge(listOf(keep)) as LinkOutcome.Done
            assertEquals("Grace", outcome.session.user.firstName)
            assertEquals(2, outcome.session.user.verifiedCredentials.size)
        },
        bad = {
            linkWalletOfSomebodyElse() as LinkOutcome.MergeRequired
            val undecided = failure<StepUpException.InvalidArgument> { auth.confirmMerge(listOf()) }
            assertEquals("resolutions", undecided.argument)
            assertEquals(1, auth.session()?.user?.verifiedCredentials?.size)
        },
    ),
    Call(
        "StepUpAuthClient.verifyWallet",
        good = {
            for ((address) in chains.map { wallets.offer("ada", it) }) {
                auth.signInWithWallet(address)
                val credential = auth.session()!!.user.verifiedCredentials.single()
                assertEquals(export, stepUp.verifyWallet(export, credential.id).scopes)
                assertEquals(200, proceed())
            }
        },
        bad = {
            signIn()
            wallets.offer("ada", WalletChain.Solana)
            val none = failure<StepUpException.MethodUnavailable> { stepUp.verifyWallet(export) }
            assertSame(UnavailableReason.NOT_ENROLLED, none.reason)
            auth.signInWithWallet()
            wallets.signer = "grace"
            val forged = failure<StepUpException.MethodUnavailable> { stepUp.verifyWallet(export) }
            assertSame(UnavailableReason.PROOF_REFUSED, forged.reason)
        },
    ),
)
