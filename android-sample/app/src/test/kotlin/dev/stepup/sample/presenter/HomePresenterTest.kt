package dev.stepup.sample.presenter

import dev.stepup.core.CredentialFormat
import dev.stepup.core.OnboardingDuty
import dev.stepup.core.SessionTokenKind
import dev.stepup.core.SocialProvider
import dev.stepup.core.TokenScope
import dev.stepup.sample.support.AppTest
import dev.stepup.sample.support.EMAIL
import dev.stepup.sample.support.SOCIAL
import dev.stepup.sample.support.await
import dev.stepup.sample.support.ended
import dev.stepup.sample.support.sheet
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

internal class HomePresenterTest : AppTest() {
    @Test
    fun `the session without its tokens`() = onPhone {
        signIn()
        val home = connection.home.state.await("the session") { it.expiresAt != null }
        assertEquals(EMAIL, home.name)
        assertEquals(listOf(CredentialFormat.Email), home.credentials.map { it.format })
        val tokens = SessionTokenKind.entries.mapNotNull { connection.client.auth.sessionToken(it)?.value }
        assertTrue("there are some", tokens.isNotEmpty())
        assertFalse(tokens.any { it in home.toString() })
    }

    @Test
    fun `what was proven shows until it is used`() = onPhone {
        signIn()
        connection.home.exportKey()
        stepUpByEmail()
        assertEquals(Notice.EXPORTED, connection.home.ended())
        connection.home.linkSocial(SocialProvider.Google)
        sheet<StepUpSheet.Code>()
        connection.sheet.submit(sandbox.code(EMAIL))
        val home = connection.home.state.await("what holds for a while") { it.elevations.isNotEmpty() }
        val held = home.elevations
        assertEquals(listOf(TokenScope.CREDENTIAL_LINK), held.single().scopes)
        assertFalse(held.single().singleUse)
    }

    @Test
    fun `a social account is linked and unlinked`() = onPhone(SOCIAL) {
        signIn()
        connection.home.linkSocial(SocialProvider.Github)
        stepUpByEmail()
        assertEquals(Notice.LINKED, connection.home.ended())
        val linked = connection.home.state.await("the account") { it.credentials.size == 2 }.credentials
        val github = linked.single { it.format == CredentialFormat.OAuth }
        assertEquals("github", github.label)

        connection.home.unlink(github.id)
        val choice = sheet<StepUpSheet.Choosing>().choices.first { it.label == "a•••@example.com" }
        connection.sheet.select(choice.id)
        stepUpByEmail()
        assertEquals(Notice.UNLINKED, connection.home.ended())
        connection.home.state.await("the e-mail address alone") { it.credentials.size == 1 }
    }

    @Test
    fun `an account of somebody else can be merged`() = onPhone(MERGE) {
        connection.signIn.withSocial(SocialProvider.Github)
        app.screen.await("home") { it == Screen.HOME }
        connection.home.signOut()
        signIn()
        connection.home.linkSocial(SocialProvider.Github)
        stepUpByEmail()
        assertEquals(null, connection.home.ended())
        assertTrue(connection.home.state.value.offer is LinkOffer.Merge)
        connection.home.declineOffer()
        assertEquals(null, connection.home.state.value.offer)

        connection.home.linkSocial(SocialProvider.Github)
        connection.home.ended()
        connection.home.acceptOffer()
        assertEquals(Notice.LINKED, connection.home.ended())
        connection.home.state.await("both ways to sign in") { it.credentials.size == 2 }
    }

    @Test
    fun `a wallet of somebody else can be transferred`() = onPhone("""{"linkConflict": "transfer"}""") {
        connection.client.auth.signInWithWallet()
        app.screen.await("home") { it == Screen.HOME }
        connection.home.signOut()
        signIn()
        connection.home.linkWallet()
        stepUpByEmail()
        connection.home.ended()
        assertTrue(connection.home.state.value.offer is LinkOffer.Transfer)
        connection.home.acceptOffer()
        assertEquals(Notice.LINKED, connection.home.ended())
    }

    @Test
    fun `a session that waits for a second factor`() = onPhone("""{"mfa": {"session": true}}""") {
        signIn()
        connection.passkeys.register()
        stepUpByEmail()
        assertEquals(Notice.ENROLLED, connection.passkeys.ended())
        connection.home.signOut()
        signIn()
        connection.home.state.await("the duty") { it.duties == listOf(OnboardingDuty.COMPLETE_MFA) }
        connection.home.proveSecondFactor()
        assertEquals(null, connection.home.ended())
        connection.home.state.await("no duty") { it.duties.isEmpty() }
    }

    @Test
    fun `signing out`() = onPhone {
        signIn()
        connection.home.signOut()
        app.screen.await("the sign-in") { it == Screen.SIGN_IN }
        assertEquals("who wanted it need not be told", null, connection.signIn.progress.value.notice)
        connection.home.state.await("nobody") { it.name == null && it.credentials.isEmpty() }
        connection.home.ended()
        assertEquals("nothing of the session stays", emptyList<String>(), storage.keys)
    }

    @Test
    fun `signed out elsewhere`() = onPhone {
        signIn()
        sandbox.fault("POST", "refresh", """{"status": 401, "body": {"error": "ended"}}""")
        sandbox.fault("GET", "session", """{"status": 401, "body": {"error": "ended"}}""")
        connection.home.refresh()
        app.screen.await("the sign-in") { it == Screen.SIGN_IN }
        val told = connection.signIn.progress.await("the reason") { it.notice != null }
        assertEquals(Notice.SESSION_ENDED, told.notice)
    }

    @Test
    fun `without a network`() = onPhone {
        signIn()
        sandbox.fault("POST", "refresh", """{"cut": "before", "count": 1}""")
        connection.home.refresh()
        assertEquals(Notice.NO_ANSWER, connection.home.ended())
        assertEquals(Screen.HOME, app.screen.value)
    }

    private companion object {
        const val MERGE = """{"linkConflict": "merge", "providers": [{"provider": "github"}]}"""
    }
}
