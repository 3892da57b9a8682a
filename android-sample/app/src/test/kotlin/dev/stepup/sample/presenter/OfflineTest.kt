package dev.stepup.sample.presenter

import dev.stepup.sample.support.AppTest
import dev.stepup.sample.support.PHONE
import dev.stepup.sample.support.Phone
import dev.stepup.sample.support.ended
import org.junit.Assert.assertEquals
import org.junit.Test

/** No server answers: the screen says so, and works once one does. */
internal class OfflineTest : AppTest() {
    private suspend fun Phone.sees(presenter: Presenter<*>, method: String, path: String, act: () -> Unit) {
        sandbox.fault(method, path, """{"cut": "before"}""")
        val before = presenter.state.value
        act()
        assertEquals(Notice.NO_ANSWER, presenter.ended())
        assertEquals(before, presenter.state.value)
        assertEquals("the user stays signed in", Screen.HOME, app.screen.value)
        sandbox.control("DELETE", "faults")
    }

    @Test
    fun `the factors cannot be listed`() = onPhone {
        signIn()
        with(connection) {
            sees(totp, "GET", "users/mfa/methods") { totp.load() }
            totp.load()
            assertEquals(null, totp.ended())
            sees(passkeys, "GET", "users/passkeys") { passkeys.load() }
            passkeys.load()
            assertEquals(null, passkeys.ended())
        }
    }

    @Test
    fun `the recovery codes cannot be made`() = onPhone {
        signIn()
        with(connection.recoveryCodes) {
            sees(this, "POST", "users/mfa/recovery") { regenerate() }
            regenerate()
            assertEquals(null, ended())
        }
    }

    @Test
    fun `no device is revoked`() = onPhone {
        signIn()
        with(connection.devices) {
            sees(this, "GET", "deviceRegistrations") { load() }
            load()
            assertEquals(null, ended())
            sees(this, "DELETE", "deviceRegistrations") {
                askToRevokeAll()
                revoke()
            }
        }
    }

    @Test
    fun `the code for the number is not taken to the server`() = onPhone {
        signIn()
        with(connection.phone) {
            send("+1", "(202) 555-0167")
            stepUpByEmail()
            assertEquals(null, ended())
            sandbox.fault("POST", "smsVerifications/verify", """{"cut": "before", "count": 1}""")
            submit(sandbox.code(PHONE))
            assertEquals(Notice.NO_ANSWER, ended())
            submit(sandbox.code(PHONE))
            assertEquals(Notice.LINKED, ended())
        }
    }
}
