package dev.stepup.sample.presenter

import dev.stepup.core.SocialProvider
import dev.stepup.sample.support.AppTest
import dev.stepup.sample.support.EMAIL
import dev.stepup.sample.support.PHONE
import dev.stepup.sample.support.Phone
import dev.stepup.sample.support.SOCIAL
import dev.stepup.sample.support.await
import dev.stepup.sample.support.ended
import dev.stepup.sample.support.otherThan
import java.time.Duration
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

internal class SignInPresenterTest : AppTest() {
    private suspend fun Phone.atHome(): HomeState {
        app.screen.await("home") { it == Screen.HOME }
        return connection.home.state.await("the session") { it.expiresAt != null }
    }

    private suspend fun Phone.sendEmail(): SignInState.Code {
        connection.signIn.sendEmail(EMAIL)
        assertEquals(null, connection.signIn.ended())
        val state = connection.signIn.state.await("the field for the code") { it is SignInState.Code }
        return state as SignInState.Code
    }

    @Test
    fun `a code by e-mail`() = onPhone {
        val waiting = sendEmail()
        assertEquals("a•••@example.com", waiting.prompt.sentTo)
        assertTrue("${waiting.prompt.resendIn}", waiting.prompt.resendIn in 1..30)
        connection.signIn.submit(sandbox.code(EMAIL).chunked(3).joinToString(" "))
        assertEquals(EMAIL, atHome().name)
        connection.signIn.state.await("the start again") { it == SignInState.Start }
    }

    @Test
    fun `a code by SMS`() = onPhone {
        connection.signIn.sendSms("+1", "(202) 555-0167")
        assertEquals(null, connection.signIn.ended())
        connection.signIn.submit(sandbox.code(PHONE))
        assertEquals("2025550167", atHome().credentials.single().label)
    }

    @Test
    fun `a passkey`() = onPhone {
        signIn()
        connection.passkeys.register()
        stepUpByEmail()
        assertEquals(Notice.ENROLLED, connection.passkeys.ended())
        connection.home.signOut()
        app.screen.await("the sign-in") { it == Screen.SIGN_IN }
        connection.signIn.withPasskey()
        assertEquals(EMAIL, atHome().name)
    }

    @Test
    fun `a phone without a passkey says so`() = onPhone {
        connection.signIn.withPasskey()
        assertEquals(Notice.NOT_ON_THIS_DEVICE, connection.signIn.ended())
    }

    @Test
    fun `a social account`() = onPhone(SOCIAL) {
        connection.signIn.withSocial(SocialProvider.Google)
        assertEquals("google", atHome().credentials.single().label)
    }

    @Test
    fun `whoever declines at the provider is told`() = onPhone(SOCIAL) {
        browser.account = null
        connection.signIn.withSocial(SocialProvider.Google)
        assertEquals(Notice.PROVIDER_REFUSED, connection.signIn.ended())
    }

    @Test
    fun `whoever comes back from the browser goes another way`() = onPhone(SOCIAL) {
        val isOpen = CompletableDeferred<Unit>()
        browser.after = {
            isOpen.complete(Unit)
            awaitCancellation()
        }
        connection.signIn.withSocial(SocialProvider.Google)
        isOpen.await()
        connection.signIn.back()
        assertEquals(Progress(), connection.signIn.progress.value)
        sendEmail()
        connection.signIn.submit(sandbox.code(EMAIL))
        assertEquals(EMAIL, atHome().name)
    }

    @Test
    fun `an assertion of the backend`() = onPhone {
        assertTrue(connection.signIn.hasBackend)
        connection.signIn.withBackend("customer-7", EMAIL)
        assertEquals(null, connection.signIn.ended())
        atHome()
    }

    @Test
    fun `a wrong code is typed again`() = onPhone {
        sendEmail()
        val code = sandbox.code(EMAIL)
        connection.signIn.submit(otherThan(code))
        assertEquals(Notice.CODE_WRONG, connection.signIn.ended())
        connection.signIn.submit("12")
        assertEquals(Notice.CODE_MALFORMED, connection.signIn.ended())
        assertTrue(connection.signIn.state.value is SignInState.Code)
        connection.signIn.submit(code)
        assertEquals(EMAIL, atHome().name)
    }

    @Test
    fun `too many wrong codes lead back to the start`() = onPhone {
        sendEmail()
        val wrong = otherThan(sandbox.code(EMAIL))
        val notices = List(4) {
            connection.signIn.submit(wrong)
            connection.signIn.ended()
        }
        assertTrue("$notices", Notice.TOO_MANY_ATTEMPTS in notices)
        connection.signIn.state.await("the start") { it == SignInState.Start }
    }

    @Test
    fun `an expired code, and another one`() = onPhone {
        sendEmail()
        sandbox.advance(601)
        connection.signIn.submit(sandbox.code(EMAIL))
        assertEquals(Notice.CODE_EXPIRED, connection.signIn.ended())
        connection.signIn.resend()
        assertEquals(null, connection.signIn.ended())
        connection.signIn.submit(sandbox.code(EMAIL))
        assertEquals(EMAIL, atHome().name)
    }

    @Test
    fun `the app is ended while a code is awaited`() = onPhone {
        val waiting = sendEmail()
        die()
        val found = connection.signIn.state.await("the field for the code") { it is SignInState.Code }
        assertEquals(waiting.prompt.sentTo, (found as SignInState.Code).prompt.sentTo)
        connection.signIn.submit(otherThan(sandbox.code(EMAIL)))
        assertEquals(Notice.CODE_WRONG, connection.signIn.ended())
        connection.signIn.submit(sandbox.code(EMAIL))
        assertEquals(EMAIL, atHome().name)
        assertEquals("no other code was sent", 1, sandbox.arrived("emailVerifications/create"))
        connection.home.signOut()
        app.screen.await("the sign-in") { it == Screen.SIGN_IN }
        die()
        connection.restored()
        assertEquals(SignInState.Start, connection.signIn.state.value)
    }

    @Test
    fun `the seconds until another code run down`() = onPhone {
        sendEmail()
        ahead = Duration.ofSeconds(31)
        val isOffered = { state: SignInState -> state is SignInState.Code && state.prompt.resendIn == 0 }
        connection.signIn.state.await("the offer to resend", isOffered)
        connection.signIn.resend()
        assertEquals(null, connection.signIn.ended())
        assertEquals(1, sandbox.arrived("emailVerifications/retry"))
    }

    @Test
    fun `what is no address is not sent`() = onPhone {
        connection.signIn.sendEmail("ada at example")
        assertEquals(Notice.EMAIL_INVALID, connection.signIn.ended())
        connection.signIn.sendSms("+1", "call me")
        assertEquals(Notice.PHONE_INVALID, connection.signIn.ended())
        assertEquals(0, sandbox.arrived("Verifications/create"))
    }

    @Test
    fun `offline, and online again`() = onPhone {
        val here = app.settings.state.value
        app.settings.save(here.environmentId, "http://127.0.0.1:1/api/v0")
        assertEquals(Notice.SAVED, app.settings.ended())
        connection.signIn.sendEmail(EMAIL)
        assertEquals(Notice.OFFLINE, connection.signIn.ended())
        assertEquals(SignInState.Start, connection.signIn.state.value)
        app.settings.save(here.environmentId, here.baseUrl)
        app.settings.ended()
        sendEmail()
    }

    @Test
    fun `a second tap does nothing`() = onPhone {
        repeat(2) { connection.signIn.sendEmail(EMAIL) }
        connection.signIn.ended()
        assertEquals(1, sandbox.arrived("emailVerifications/create"))
    }
}
