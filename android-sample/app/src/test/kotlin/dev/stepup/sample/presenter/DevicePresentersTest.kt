package dev.stepup.sample.presenter

import dev.stepup.core.DeviceRegistrationStatus
import dev.stepup.sample.support.AppTest
import dev.stepup.sample.support.EMAIL
import dev.stepup.sample.support.Phone
import dev.stepup.sample.support.REGISTRATION
import dev.stepup.sample.support.await
import dev.stepup.sample.support.ended
import org.junit.Assert.assertEquals
import org.junit.Test

/** The confirmation of a new device, and the list of those that are trusted. */
internal class DevicePresentersTest : AppTest() {
    /** The user signs in on a first phone, which is trusted, and then on another one. */
    private suspend fun Phone.second(): Phone {
        signIn()
        val second = phone("Pixel 8; Android 15")
        second.signIn()
        second.app.screen.await("the wait for the link") { it == Screen.CONFIRM_DEVICE }
        return second
    }

    private suspend fun Phone.confirm() {
        app.openLink(sandbox.registrationLink(EMAIL))
        app.screen.await("home") { it == Screen.HOME }
        told(Notice.DEVICE_CONFIRMED, connection.home)
    }

    /** Whoever opens the link is told so where they are. */
    private suspend fun Phone.told(notice: Notice, screen: Presenter<*>) {
        screen.progress.await("$notice") { it.notice == notice }
        val confirmation = connection.confirmation
        if (screen != confirmation) assertEquals(Progress(), confirmation.progress.value)
    }

    @Test
    fun `a new device is confirmed by the link`() = onPhone(REGISTRATION) {
        val second = second()
        val status = second.connection.confirmation.state.await("the address") {
            it is DeviceRegistrationStatus.AwaitingLink
        }
        assertEquals(DeviceRegistrationStatus.AwaitingLink("a•••@example.com"), status)
        second.confirm()
    }

    @Test
    fun `a link that is opened twice, or is somebody else's`() = onPhone(REGISTRATION) {
        val second = second()
        val link = sandbox.registrationLink(EMAIL)
        second.app.openLink(link.replaceAfter('=', "unknown"))
        second.told(Notice.LINK_REFUSED, second.connection.confirmation)
        assertEquals(Screen.CONFIRM_DEVICE, second.app.screen.value)
        second.confirm()
        second.app.openLink(link)
        second.told(Notice.LINK_USED, second.connection.home)
        assertEquals("the device stays confirmed", Screen.HOME, second.app.screen.value)
        second.app.open(Screen.DEVICES)
        second.app.screen.await("the devices") { it == Screen.DEVICES }
        second.app.openLink(link)
        second.told(Notice.LINK_USED, second.connection.devices)
    }

    @Test
    fun `a link that is opened on another phone, where somebody else is signed in`() = onPhone(REGISTRATION) {
        second()
        val link = sandbox.registrationLink(EMAIL)
        val third = phone("Pixel 7; Android 14")
        third.signIn("grace@example.com")
        third.app.openLink(link)
        third.told(Notice.SIGN_IN_AGAIN, third.connection.home)
        assertEquals("grace@example.com", third.connection.home.state.value.name)
    }

    @Test
    fun `a link that opens the app anew`() = onPhone(REGISTRATION) {
        val second = second()
        second.die()
        second.app.openLink(sandbox.registrationLink(EMAIL))
        second.app.screen.await("home") { it == Screen.HOME }
    }

    @Test
    fun `whoever waits for the link can sign out`() = onPhone(REGISTRATION) {
        val second = second()
        second.connection.confirmation.signOut()
        second.app.screen.await("the sign-in") { it == Screen.SIGN_IN }
        second.connection.confirmation.ended()
        assertEquals("they know", null, second.connection.signIn.progress.value.notice)
    }

    @Test
    fun `the devices, and an end to the access of one`() = onPhone(REGISTRATION) {
        val second = second()
        second.confirm()
        connection.devices.load()
        assertEquals(null, connection.devices.ended())
        val devices = checkNotNull(connection.devices.state.value.devices)
        assertEquals(listOf("Pixel 9 (Android 16)"), devices.filter { it.isCurrent }.map { it.name })
        val other = devices.single { !it.isCurrent }
        assertEquals("Pixel 8 (Android 15)", other.name)

        connection.devices.askToRevoke(other)
        connection.devices.keep()
        connection.devices.revoke()
        assertEquals("who keeps it revokes nothing", Progress(), connection.devices.progress.value)

        connection.devices.askToRevoke(other)
        assertEquals(RevocationQuestion.One(other), connection.devices.state.value.question)
        connection.devices.revoke()
        assertEquals(Notice.DEVICE_REVOKED, connection.devices.ended())
        assertEquals(1, connection.devices.state.value.devices?.size)

        // The other phone learns it with its next call.
        second.connection.devices.load()
        second.app.screen.await("the sign-in") { it == Screen.SIGN_IN }
        val told = second.connection.signIn.progress.await("the reason") { it.notice != null }
        assertEquals(Notice.SESSION_ENDED, told.notice)
    }

    @Test
    fun `a device is revoked while its user is about to export the key`() = onPhone(REGISTRATION) {
        val second = second()
        second.confirm()
        second.connection.home.exportKey()
        second.connection.sheet.state.await("the code") { it is StepUpSheet.Code }
        connection.devices.load()
        connection.devices.ended()
        connection.devices.askToRevoke(connection.devices.state.value.devices!!.single { !it.isCurrent })
        connection.devices.revoke()
        assertEquals(Notice.DEVICE_REVOKED, connection.devices.ended())

        second.connection.sheet.submit(sandbox.code(EMAIL))
        second.app.screen.await("the sign-in") { it == Screen.SIGN_IN }
        second.connection.sheet.state.await("the sheet to close") { it == null }
        val told = second.connection.signIn.progress.await("the reason") { it.notice != null }
        assertEquals(Notice.SESSION_ENDED, told.notice)
    }

    @Test
    fun `an end to all access is one to the own`() = onPhone(REGISTRATION) {
        signIn()
        app.open(Screen.DEVICES)
        app.screen.await("the devices") { it == Screen.DEVICES }
        connection.devices.askToRevokeAll()
        connection.devices.revoke()
        app.screen.await("the sign-in") { it == Screen.SIGN_IN }
        assertEquals("nothing is open any more", emptyList<Screen>(), app.opened.value)
        connection.devices.ended()
        assertEquals("they know", null, connection.signIn.progress.value.notice)
    }

    @Test
    fun `the own device is revoked`() = onPhone(REGISTRATION) {
        signIn()
        connection.devices.load()
        connection.devices.ended()
        connection.devices.askToRevoke(connection.devices.state.value.devices!!.single())
        connection.devices.revoke()
        app.screen.await("the sign-in") { it == Screen.SIGN_IN }
        connection.devices.ended()
        assertEquals("they know", null, connection.signIn.progress.value.notice)
    }
}
