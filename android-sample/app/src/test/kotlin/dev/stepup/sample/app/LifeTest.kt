package dev.stepup.sample.app

import android.content.Intent
import android.net.Uri
import android.view.WindowManager.LayoutParams.FLAG_SECURE
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.performTextReplacement
import dev.stepup.StepUpClient
import dev.stepup.core.ClientConfig
import dev.stepup.core.StepUpException
import dev.stepup.core.insecureInMemoryPlatform
import dev.stepup.sample.R
import dev.stepup.sample.support.BrowserVisit
import dev.stepup.sample.support.EMAIL
import dev.stepup.sample.support.PHONE
import dev.stepup.sample.support.REGISTRATION
import dev.stepup.sample.support.SOCIAL
import dev.stepup.sample.support.ScreenTest
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Test

/** Rotation, the death of the process, links from outside, other devices. */
internal class LifeTest : ScreenTest() {
    /** Another device of the same user: the first one, which is trusted. */
    private fun onOtherDevice(use: suspend StepUpClient.() -> Unit) {
        val config = ClientConfig(
            sandbox.environmentId,
            sandbox.baseUrl,
            storageNamespace = "other",
            appOrigin = "http://localhost",
            deviceName = "Pixel 8; Android 15",
            allowInsecureLoopback = true,
        )
        StepUpClient(config, insecureInMemoryPlatform()).use { client ->
            runBlocking {
                client.auth.sendEmailOtp(EMAIL)
                client.auth.signInWithOtp(sandbox.code(EMAIL))
                client.use()
            }
        }
    }

    /** How many records the app keeps in its files. */
    private fun records(): Int = app.noBackupFilesDir.walk().count { it.isFile }

    private fun openLink(link: String) {
        val intent = Intent(Intent.ACTION_VIEW, Uri.parse(link)).addCategory(Intent.CATEGORY_BROWSABLE)
        activity.newIntent(intent)
    }

    @Test
    fun `a rotation keeps what is typed, and the flow`() {
        launch()
        signIn()
        press(R.string.export_key)
        see(hasTestTag("code")).performTextReplacement("123")
        rotate()
        see(hasText("123"))
        type("code", sandbox.code(EMAIL))
        press(R.string.verify)
        see(R.string.notice_exported)
        assertEquals("no other code was sent", 2, sandbox.arrived("emailVerifications/create"))
    }

    @Test
    fun `the app is ended while a code is awaited`() {
        launch()
        signIn()
        see(R.string.export_key)
        val kept = records()
        press(R.string.export_key)
        see(R.string.code_sent, "a•••@example.com")
        rule.waitUntil { records() > kept }
        die()
        see(R.string.code_sent, "a•••@example.com")
        type("code", sandbox.code(EMAIL))
        press(R.string.verify)
        see(R.string.granted)
        press(R.string.proceed)
        gone(hasTestTag("sheet"))
        press(R.string.export_key)
        see(R.string.notice_exported)
    }

    @Test
    fun `the app is ended while the code for the sign-in is awaited`() {
        launch()
        type("email", EMAIL)
        press(R.string.send_email)
        see(R.string.code_sent, "a•••@example.com")
        die()
        see(R.string.code_sent, "a•••@example.com")
        type("code", sandbox.code(EMAIL))
        press(R.string.verify)
        see(R.string.export_key)
        press(R.string.sign_out)
        see(hasTestTag("email") and hasText(EMAIL).not())
        assertEquals("no other code was sent", 1, sandbox.arrived("emailVerifications/create"))
    }

    @Test
    fun `the app is ended while the code for another number is awaited`() {
        launch()
        signIn()
        press(R.string.link_phone)
        type("phone", "202 555 0167")
        press(R.string.send_sms)
        type("code", waitForCode(EMAIL))
        press(R.string.verify)
        see(R.string.code_sent, "+1 •••67")
        die()
        see(R.string.code_sent, "+1 •••67")
        type("code", sandbox.code(PHONE))
        press(R.string.verify)
        see(R.string.notice_linked)
    }

    @Test
    fun `the app is ended while the browser is open`() {
        launch(SOCIAL)
        BrowserVisit.installBrowser()
        press(R.string.with_provider, "Google")
        visitBrowser().approve()
        press(R.string.export_key)
        val visit = visitBrowser()
        die(visit)
        see(R.string.waiting_browser)
        visit.approve()
        see(R.string.granted)
        press(R.string.proceed)
        press(R.string.export_key)
        see(R.string.notice_exported)
    }

    @Test
    fun `the app is ended while the browser is open for the sign-in`() {
        launch(SOCIAL)
        BrowserVisit.installBrowser()
        press(R.string.with_provider, "Google")
        val visit = visitBrowser()
        die(visit)
        visit.approve()
        see(R.string.export_key)
    }

    @Test
    fun `the screen that was open is open again`() {
        launch()
        signIn()
        press(R.string.trusted_devices)
        see(R.string.trusted_devices_explained)
        die()
        see(R.string.trusted_devices_explained)
        back()
        see(R.string.export_key)
    }

    @Test
    fun `a device is confirmed by the link, and revoked elsewhere`() {
        sandbox.changePolicy(REGISTRATION)
        onOtherDevice {
            showDevices()
            see(hasText("Pixel 8 (Android 15)"))
            see(R.string.this_device)
            val other = deviceRegistration.list().single { !it.isCurrent }
            deviceRegistration.revoke(other.id)
            back()
            press(R.string.export_key)
            see(R.string.notice_session_ended)
            see(R.string.sign_in)
        }
    }

    /** This device is confirmed by the link of the e-mail, and the list of devices is open. */
    private fun showDevices() {
        launch(REGISTRATION)
        signIn()
        see(R.string.link_sent, "a•••@example.com")
        openLink(sandbox.registrationLink(EMAIL))
        press(R.string.trusted_devices)
    }

    @Test
    fun `another device is revoked, after a question`() {
        sandbox.changePolicy(REGISTRATION)
        onOtherDevice {
            showDevices()
            pressIcon(R.string.revoke_device, "Pixel 8 (Android 15)")
            see(R.string.revoke_question, "Pixel 8 (Android 15)")
            press(R.string.revoke)
            see(R.string.notice_device_revoked)
            assertThrows(StepUpException.NotSignedIn::class.java) { runBlocking { auth.refresh() } }
        }
    }

    @Test
    fun `recovery codes and the secret of an authenticator app are in no screenshot`() {
        launch()
        signIn()
        see(R.string.export_key)
        assertEquals(0, activity.get().window.attributes.flags and FLAG_SECURE)
        press(R.string.recovery_codes)
        see(R.string.new_codes)
        assertEquals(FLAG_SECURE, activity.get().window.attributes.flags and FLAG_SECURE)
        back()
        see(R.string.export_key)
        assertEquals(0, activity.get().window.attributes.flags and FLAG_SECURE)
        press(R.string.totp)
        press(R.string.enroll_totp)
        see(hasTestTag("code"))
        type("code", sandbox.code(EMAIL))
        press(R.string.verify)
        see(hasTestTag("secret"))
        assertEquals(FLAG_SECURE, activity.get().window.attributes.flags and FLAG_SECURE)
    }
}
