package dev.stepup.sample.presenter

import dev.stepup.core.CredentialFormat
import dev.stepup.sample.support.AppTest
import dev.stepup.sample.support.PHONE
import dev.stepup.sample.support.Phone
import dev.stepup.sample.support.await
import dev.stepup.sample.support.ended
import dev.stepup.sample.support.otherThan
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

internal class PhonePresenterTest : AppTest() {
    private suspend fun Phone.send() {
        connection.phone.send("+1", "(202) 555-0167")
        stepUpByEmail()
        assertEquals(null, connection.phone.ended())
        awaitCode()
    }

    private suspend fun Phone.awaitCode(): CodePrompt =
        checkNotNull(connection.phone.state.await("the field for the code") { it.code != null }.code)

    private suspend fun Phone.submit(code: String): Notice? {
        connection.phone.submit(code)
        return connection.phone.ended()
    }

    private suspend fun Phone.isLinked() {
        val home = connection.home.state.await("the number") { it.credentials.size == 2 }
        val number = home.credentials.single { it.format == CredentialFormat.PhoneNumber }
        assertEquals("2025550167", number.label)
        assertEquals(PhoneState(), connection.phone.state.value)
    }

    @Test
    fun `a number is linked, after a wrong code`() = onPhone {
        signIn()
        send()
        val prompt = awaitCode()
        assertEquals("+1 •••67", prompt.sentTo)
        assertTrue("${prompt.resendIn}", prompt.resendIn in 1..30)
        assertEquals(Notice.CODE_WRONG, submit(otherThan(sandbox.code(PHONE))))
        assertEquals(Notice.LINKED, submit(sandbox.code(PHONE)))
        isLinked()
    }

    @Test
    fun `the app is ended while the code is awaited`() = onPhone {
        signIn()
        app.open(Screen.PHONE)
        send()
        die()
        app.screen.await("the screen that was open") { it == Screen.PHONE }
        assertEquals("+1 •••67", awaitCode().sentTo)
        connection.phone.resend()
        assertEquals(null, connection.phone.ended())
        assertEquals(1, sandbox.arrived("smsVerifications/retry"))
        assertEquals(Notice.LINKED, submit(sandbox.code(PHONE)))
        isLinked()
    }

    @Test
    fun `another number, and none`() = onPhone {
        signIn()
        send()
        connection.phone.startOver()
        assertEquals(PhoneState(), connection.phone.state.value)
        connection.phone.send("+1", "call me")
        assertEquals(Notice.PHONE_INVALID, connection.phone.ended())
    }

    @Test
    fun `a number of somebody else can be merged`() = onPhone("""{"linkConflict": "merge"}""") {
        connection.signIn.sendSms("+1", "2025550167")
        connection.signIn.ended()
        connection.signIn.submit(sandbox.code(PHONE))
        app.screen.await("home") { it == Screen.HOME }
        connection.home.signOut()
        signIn()
        send()
        assertEquals(Notice.BELONGS_TO_ANOTHER_USER, submit(sandbox.code(PHONE)))
        assertTrue(connection.home.state.value.offer is LinkOffer.Merge)
    }

    @Test
    fun `the next user finds no number`() = onPhone {
        signIn()
        send()
        connection.home.signOut()
        signIn("grace@example.com")
        assertEquals(PhoneState(), connection.phone.state.value)
        die()
        app.screen.await("home") { it == Screen.HOME }
        connection.restored()
        assertEquals(PhoneState(), connection.phone.state.value)
    }
}
