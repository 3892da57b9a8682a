package dev.stepup

import dev.stepup.calls.SOCIAL
import dev.stepup.calls.dieInBrowser
import dev.stepup.calls.signInWithGoogle
import dev.stepup.core.CredentialFormat
import dev.stepup.core.LinkOutcome
import dev.stepup.core.PlatformException
import dev.stepup.core.RedirectOutcome
import dev.stepup.core.SocialProvider
import dev.stepup.core.StepUpException
import dev.stepup.core.TokenScope
import dev.stepup.support.OTHER_EMAIL
import dev.stepup.support.SandboxTest
import dev.stepup.support.World
import dev.stepup.support.failure
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Social accounts, and the redirect that the app is opened with. */
internal class SocialTest : SandboxTest() {
    private val export = listOf(TokenScope.WALLET_EXPORT)

    @Test
    fun `a link that the app was ended in is ended by the next process`() = inWorld(SOCIAL) {
        val user = signIn().user
        verifyByEmail(TokenScope.CREDENTIAL_LINK)
        val redirect = dieInBrowser { auth.linkSocial(SocialProvider.Google) }
        val ended = auth.handleRedirect(redirect) as RedirectOutcome.Linked
        val session = (ended.outcome as LinkOutcome.Done).session
        assertEquals(user.id, session.user.id)
        assertTrue(session.user.verifiedCredentials.any { it.format == CredentialFormat.OAuth })
    }

    @Test
    fun `a step-up that the app was ended in is ended by the next process`() = inWorld(SOCIAL) {
        signInWithGoogle()
        val redirect = dieInBrowser { stepUp.verifySocial(SocialProvider.Google, export) }
        val ended = auth.handleRedirect(redirect) as RedirectOutcome.Elevated
        assertEquals(export, ended.elevation.scopes)
        assertEquals(200, proceed())
    }

    @Test
    fun `a redirect that reaches the app another way ends the call that waits`() = inWorld(SOCIAL) {
        val decided = CompletableDeferred<String>()
        val isGone = CompletableDeferred<Unit>()
        browser.after = { redirect ->
            try {
                decided.complete(redirect)
                awaitCancellation()
            } finally {
                isGone.complete(Unit)
            }
        }
        coroutineScope {
            val call = async(Dispatchers.Default) { signInWithGoogle() }
            val ended = auth.handleRedirect(decided.await()) as RedirectOutcome.SignedIn
            assertEquals(ended.outcome, call.await())
        }
        isGone.await()
    }

    @Test
    fun `the next process of somebody else gets nothing by the redirect`() = inWorld(SOCIAL) {
        signInWithGoogle()
        val redirect = dieInBrowser { stepUp.verifySocial(SocialProvider.Google, export) }
        auth.sendEmailOtp(OTHER_EMAIL)
        auth.signInWithOtp(sandbox.code(OTHER_EMAIL))
        val outcome = runCatching { auth.handleRedirect(redirect) }
        val refused = outcome.exceptionOrNull() is StepUpException.RedirectRefused
        assertTrue(refused || outcome.getOrNull() == RedirectOutcome.NotOurs, outcome.toString())
        assertEquals(null, stepUp.elevation(TokenScope.WALLET_EXPORT))
    }

    @Test
    fun `who closes the browser has cancelled, and the redirect is not waited for`() = inWorld(SOCIAL) {
        var redirect = ""
        browser.after = {
            redirect = it
            throw PlatformException.Cancelled()
        }
        failure<StepUpException.Cancelled> { signInWithGoogle() }
        assertSame(RedirectOutcome.NotOurs, auth.handleRedirect(redirect))
        assertEquals(null, auth.session())
    }

    @Test
    fun `an answer that is no redirect of this visit signs nobody in`() = inWorld(SOCIAL) {
        val answers = listOf("", "not a URL", "https://other.example/?dynamicOauthState=1&dynamicOauthCode=1")
        for (answer in answers) {
            browser.after = { answer }
            failure<StepUpException.RedirectRefused> { signInWithGoogle() }
        }
        assertEquals(null, auth.session())
    }
}
