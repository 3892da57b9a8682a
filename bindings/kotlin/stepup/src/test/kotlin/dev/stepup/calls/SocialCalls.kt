package dev.stepup.calls

import dev.stepup.core.CredentialFormat
import dev.stepup.core.LinkOutcome
import dev.stepup.core.RedirectOutcome
import dev.stepup.core.RedirectRefusal
import dev.stepup.core.SignInOptions
import dev.stepup.core.SignInOutcome
import dev.stepup.core.SocialProvider
import dev.stepup.core.StepUpException
import dev.stepup.core.TokenScope
import dev.stepup.core.UnavailableReason
import dev.stepup.support.Call
import dev.stepup.support.EMAIL
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

internal const val SOCIAL = """{"providers": [{"provider": "google"}, {"provider": "github"}]}"""

private val export = listOf(TokenScope.WALLET_EXPORT)

internal suspend fun World.signInWithGoogle() = auth.signInWithSocial(SocialProvider.Google)

/** The system ends the app while the browser is in front: the redirect that opens it again. */
internal suspend fun World.dieInBrowser(visit: suspend World.() -> Unit): String = coroutineScope {
    val decided = CompletableDeferred<String>()
    browser.after = { redirect ->
        decided.complete(redirect)
        awaitCancellation()
    }
    val call = async(Dispatchers.Default) { runCatching { visit() } }
    val redirect = decided.await()
    restart()
    assertTrue(call.await().exceptionOrNull() is StepUpException.ClientClosed)
    browser.after = { it }
    redirect
}

internal val socialCalls = listOf(
    Call(
        "AuthClient.signInWithSocial",
        policy = SOCIAL,
        good = {
            val options = SignInOptions(requestedScopes = listOf(TokenScope.CREDENTIAL_LINK))
            val outcome = auth.signInWithSocial(SocialProvider.Google, options) as SignInOutcome.Done
            assertEquals("google", outcome.session.user.verifiedCredentials.single().oauthProvider)
            assertEquals(options.requestedScopes, outcome.granted)
            assertEquals(config.oauthRedirectUrl, browser.requests.single().redirectUrl)
        },
        bad = {
            browser.account = null
            val denied = failure<StepUpException.ProviderRefused> { signInWithGoogle() }
            assertEquals("google" to "access_denied", denied.provider to denied.code)
            val other = SocialProvider.Other("telegram")
            val impossible = failure<StepUpException.MethodUnavailable> { auth.signInWithSocial(other) }
            assertSame(UnavailableReason.UNSUPPORTED, impossible.reason)
            assertEquals(null, auth.session())
        },
    ),
    Call(
        "AuthClient.linkSocial",
        policy = SOCIAL,
        good = {
            val user = signIn().user
            verifyByEmail(TokenScope.CREDENTIAL_LINK)
            val outcome = auth.linkSocial(SocialProvider.Github) as LinkOutcome.Done
            assertEquals(user.id, outcome.session.user.id)
            val formats = outcome.session.user.verifiedCredentials.map { it.format }.toSet()
            assertEquals(setOf(CredentialFormat.Email, CredentialFormat.OAuth), formats)
        },
        bad = {
            signInWithGoogle()
            signIn()
            failure<StepUpException.StepUpRequired> { auth.linkSocial(SocialProvider.Google) }
            assertEquals(1, browser.requests.size, "refused before a page opens")
            verifyByEmail(TokenScope.CREDENTIAL_LINK)
            val taken = failure<StepUpException.MethodUnavailable> { auth.linkSocial(SocialProvider.Google) }
            assertSame(UnavailableReason.BELONGS_TO_ANOTHER_USER, taken.reason)
        },
    ),
    Call(
        "StepUpAuthClient.verifySocial",
        policy = SOCIAL,
        good = {
            signInWithGoogle()
            assertEquals(export, stepUp.verifySocial(SocialProvider.Google, export).scopes)
            assertEquals(200, proceed())
        },
        bad = {
            signInWithGoogle()
            val none = failure<StepUpException.MethodUnavailable> {
                stepUp.verifySocial(SocialProvider.Github, export)
            }
            assertSame(UnavailableReason.NOT_ENROLLED, none.reason)
            browser.account = "grace"
            val another = failure<StepUpException.MethodUnavailable> {
                stepUp.verifySocial(SocialProvider.Google, export)
            }
            assertSame(UnavailableReason.DIFFERENT_ACCOUNT, another.reason)
            assertEquals(1, auth.session()?.user?.verifiedCredentials?.size, "nothing was linked")
        },
    ),
    Call(
        "AuthClient.handleRedirect",
        policy = SOCIAL,
        good = {
            val redirect = dieInBrowser { signInWithGoogle() }
            val ended = auth.handleRedirect(redirect) as RedirectOutcome.SignedIn
            assertEquals((ended.outcome as SignInOutcome.Done).session, auth.session())
            assertSame(RedirectOutcome.NotOurs, auth.handleRedirect(redirect), "it serves once")
        },
        bad = {
            val redirect = dieInBrowser { signInWithGoogle() }
            assertSame(RedirectOutcome.NotOurs, auth.handleRedirect("https://app.example/?code=1"))
            assertSame(RedirectOutcome.NotOurs, auth.handleRedirect("not a URL"))
            sandbox.advance(660)
            // The client learns from this answer what time it is.
            auth.sendEmailOtp(EMAIL)
            val late = failure<StepUpException.RedirectRefused> { auth.handleRedirect(redirect) }
            assertSame(RedirectRefusal.EXPIRED, late.reason)
            assertEquals(null, auth.session())
        },
    ),
)
