package dev.stepup.sample.presenter

import dev.stepup.core.PlatformException
import dev.stepup.core.SocialProvider
import dev.stepup.sample.support.AppTest
import dev.stepup.sample.support.EMAIL
import dev.stepup.sample.support.Phone
import dev.stepup.sample.support.SOCIAL
import dev.stepup.sample.support.await
import dev.stepup.sample.support.ended
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

/** The app as a whole: navigation, settings, log, and what is left when the system ends it. */
internal class AppModelTest : AppTest() {
    /** The user is with the provider when the system ends the app: the redirect that opens it again. */
    private suspend fun Phone.dieInBrowser(visit: () -> Unit): String {
        val decided = CompletableDeferred<String>()
        browser.after = {
            decided.complete(it)
            awaitCancellation()
        }
        visit()
        val redirect = decided.await()
        die()
        browser.after = { it }
        return redirect
    }

    @Test
    fun `a session outlives the process, and so does the screen`() = onPhone {
        signIn()
        app.open(Screen.DEVICES)
        die()
        app.screen.await("the screen that was open") { it == Screen.DEVICES }
        connection.home.state.await("the session") { it.name == EMAIL }
        assertTrue(app.back())
        app.screen.await("home") { it == Screen.HOME }
        assertFalse("nothing is open over home", app.back())
    }

    /** The app starts while the storage refuses, and goes on once it works. */
    private suspend fun Phone.startWithout(storage: PlatformException, told: Notice) {
        refusal = storage
        die()
        app.screen.await("the sign-in") { it == Screen.SIGN_IN }
        assertEquals(told, connection.signIn.progress.value.notice)
        app.resume()
        connection.restored()
        assertEquals(Screen.SIGN_IN to told, app.screen.value to connection.signIn.progress.value.notice)
        refusal = null
        app.resume()
        app.screen.await("home") { it == Screen.HOME }
        connection.home.state.await("the session") { it.name == EMAIL }
        connection.restored()
        assertEquals(Progress(), connection.signIn.progress.value)
    }

    @Test
    fun `a storage that cannot be read is told, and read when the app is seen again`() = onPhone {
        signIn()
        startWithout(PlatformException.Locked(), Notice.STORAGE_LOCKED)
        startWithout(PlatformException.Internal("full"), Notice.STORAGE_FAILED)
    }

    @Test
    fun `a storage that keeps the session is told to whoever signs out`() = onPhone {
        signIn()
        refusal = PlatformException.Locked()
        connection.home.signOut()
        app.screen.await("the sign-in") { it == Screen.SIGN_IN }
        connection.signIn.progress.await("the reason") { it.notice == Notice.STORAGE_LOCKED }
    }

    @Test
    fun `what was open is not for whoever is signed out`() = onPhone {
        app.open(Screen.RECOVERY_CODES)
        app.screen.await("the sign-in") { it == Screen.SIGN_IN }
        app.open(Screen.LOG)
        app.screen.await("the log") { it == Screen.LOG }
    }

    @Test
    fun `a sign-in that the browser brings back to another process`() = onPhone(SOCIAL) {
        app.screen.await("the sign-in") { it == Screen.SIGN_IN }
        val redirect = dieInBrowser { connection.signIn.withSocial(SocialProvider.Google) }
        returnFromBrowser(redirect)
        app.screen.await("home") { it == Screen.HOME }
    }

    @Test
    fun `a link that the browser brings back to another process`() = onPhone(SOCIAL) {
        signIn()
        connection.home.linkSocial(SocialProvider.Google)
        stepUpByEmail()
        connection.home.ended()
        val redirect = dieInBrowser { connection.home.linkSocial(SocialProvider.Github) }
        app.screen.await("home") { it == Screen.HOME }
        returnFromBrowser(redirect)
        connection.home.progress.await("the answer") { it.notice == Notice.LINKED }
    }

    @Test
    fun `a redirect of nobody's does nothing, and one that came too late says so`() = onPhone(SOCIAL) {
        app.screen.await("the sign-in") { it == Screen.SIGN_IN }
        returnFromBrowser("https://app.example/?code=1")
        app.openLink("https://app.example/?code=1")
        val redirect = dieInBrowser { connection.signIn.withSocial(SocialProvider.Google) }
        sandbox.advance(660)
        // The client learns from this answer what time it is.
        connection.signIn.sendEmail(EMAIL)
        assertEquals(null, connection.signIn.ended())
        returnFromBrowser(redirect)
        connection.signIn.progress.await("the refusal") { it.notice == Notice.TRY_AGAIN }
        assertEquals(Screen.SIGN_IN, app.screen.value)
    }

    @Test
    fun `settings that cannot be right change nothing`() = onPhone {
        val before = app.settings.state.value
        app.settings.save("not an id", before.baseUrl)
        assertEquals(Notice.ENVIRONMENT_INVALID, app.settings.ended())
        app.settings.save(before.environmentId, "http://example.com/api")
        assertEquals(Notice.ADDRESS_INVALID, app.settings.ended())
        assertEquals(before, app.settings.state.value)
        app.settings.save(before.environmentId.uppercase(), before.baseUrl)
        assertEquals("it is the same one", Notice.SAVED, app.settings.ended())
        assertEquals(before, app.settings.state.value)
        signIn()
    }

    @Test
    fun `the first start, before there are settings`() = onPhone {
        store.save(Settings("", ""))
        die()
        app.screen.await("the settings") { it == Screen.SETTINGS }
        assertEquals(null, app.connection.value)
        app.settings.save(sandbox.environmentId, sandbox.baseUrl)
        assertEquals(Notice.SAVED, app.settings.ended())
        app.back()
        signIn()
    }

    @Test
    fun `the log is kept, without what is secret`() = onPhone {
        signIn()
        connection.home.exportKey()
        stepUpByEmail()
        connection.home.ended()
        val records = app.log.state.await("records") { it.size > 2 }.joinToString("\n")
        for (secret in listOf(EMAIL, sandbox.code(EMAIL), "eyJ")) assertFalse(records, secret in records)
        app.log.clear()
        assertEquals(0, app.log.state.value.size)
    }
}
