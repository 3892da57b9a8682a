package dev.stepup.sample.presenter

import dev.stepup.sample.support.AppTest
import dev.stepup.sample.support.EMAIL
import dev.stepup.sample.support.Phone
import dev.stepup.sample.support.await
import dev.stepup.sample.support.ended
import dev.stepup.support.Totp
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertTrue
import org.junit.Test

/** What a user has seen is gone with the screen, and all of it when somebody else signs in. */
internal class PrivacyTest : AppTest() {
    private suspend fun Phone.show(screen: Screen) {
        app.open(screen)
        app.screen.await("$screen") { it == screen }
    }

    private suspend fun Phone.beginTotp() {
        show(Screen.TOTP)
        connection.totp.enroll()
        stepUpByEmail()
        assertEquals(null, connection.totp.ended())
        assertNotEquals(null, connection.totp.state.value.enrollment)
    }

    private suspend fun Phone.revealCodes() {
        beginTotp()
        val totp = Totp(checkNotNull(connection.totp.state.value.enrollment))
        sandbox.advance(30)
        connection.totp.confirm(totp.code(sandbox.now()))
        assertEquals(Notice.ENROLLED, connection.totp.ended())
        show(Screen.RECOVERY_CODES)
        connection.recoveryCodes.reveal()
        connection.recoveryCodes.ended()
        assertTrue(connection.recoveryCodes.state.value is RecoveryCodesState.Shown)
    }

    private suspend fun Phone.seeEverything() {
        revealCodes()
        connection.passkeys.load()
        connection.passkeys.ended()
        connection.devices.load()
        connection.devices.ended()
        connection.devices.askToRevokeAll()
        assertNotEquals(PasskeysState(), connection.passkeys.state.value)
        assertNotEquals(null, connection.devices.state.value.devices)
    }

    private fun Phone.assertNothingIsLeft() {
        assertEquals(TotpState(), connection.totp.state.value)
        assertEquals(PasskeysState(), connection.passkeys.state.value)
        assertEquals(RecoveryCodesState.Hidden, connection.recoveryCodes.state.value)
        assertEquals(TrustedDevicesState(), connection.devices.state.value)
        with(connection) { listOf(home, totp, passkeys, recoveryCodes, devices, confirmation) }
            .forEach { assertEquals("$it", Progress(), it.progress.value) }
    }

    @Test
    fun `whoever goes back, by whatever button, puts the codes away`() = onPhone {
        signIn()
        revealCodes()
        app.back()
        app.screen.await("the screen below") { it == Screen.TOTP }
        assertEquals(RecoveryCodesState.Hidden, connection.recoveryCodes.state.value)
    }

    @Test
    fun `whoever goes back, by whatever button, gives up the authenticator app`() = onPhone {
        signIn()
        beginTotp()
        app.back()
        assertEquals(null, connection.totp.state.value.enrollment)
    }

    @Test
    fun `whoever signs in next sees nothing of it`() = onPhone {
        signIn()
        seeEverything()
        connection.home.signOut()
        app.screen.await("the sign-in") { it == Screen.SIGN_IN }
        assertNothingIsLeft()
        signIn("grace@example.com")
        assertEquals(Screen.HOME, app.screen.value)
        connection.home.state.await("the other user") { it.name == "grace@example.com" }
        assertNothingIsLeft()
    }

    @Test
    fun `a session that ends elsewhere takes along what is shown`() = onPhone {
        signIn()
        seeEverything()
        connection.client.auth.logout()
        app.screen.await("the sign-in") { it == Screen.SIGN_IN }
        assertNothingIsLeft()
        assertEquals(emptyList<Screen>(), app.opened.value)
        assertEquals(Notice.SESSION_ENDED, connection.signIn.progress.value.notice)
        signIn(EMAIL)
        assertNothingIsLeft()
    }

    @Test
    fun `what is under way when the session ends shows nothing afterwards`() = onPhone {
        signIn()
        show(Screen.DEVICES)
        connection.devices.load()
        connection.client.auth.logout()
        app.screen.await("the sign-in") { it == Screen.SIGN_IN }
        connection.devices.ended()
        assertNothingIsLeft()
    }
}
