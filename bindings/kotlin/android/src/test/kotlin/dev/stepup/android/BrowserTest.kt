package dev.stepup.android

import android.app.Activity
import android.content.Intent
import android.content.pm.ActivityInfo
import android.content.pm.PackageManager
import android.content.res.Configuration
import android.net.Uri
import android.os.Bundle
import androidx.browser.customtabs.CustomTabsIntent
import dev.stepup.android.support.AndroidTest
import dev.stepup.android.support.TestBrowsers
import dev.stepup.android.support.begun
import dev.stepup.android.support.ended
import dev.stepup.android.support.runMainThreadUntil
import dev.stepup.android.support.whileMainThreadRuns
import dev.stepup.android.test.MainActivity
import dev.stepup.core.BrowserRequest
import dev.stepup.core.PlatformException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController

/** A visit to a browser, as the system plays it: what is started here is set up by hand. */
internal class BrowserTest : AndroidTest() {
    private lateinit var screen: ActivityController<MainActivity>
    private lateinit var browser: CustomTabsBrowser
    private val browsers get() = TestBrowsers(app)

    @Before
    fun openTheApp() {
        forgetVisits()
        browser = CustomTabsBrowser(CurrentActivity(app))
        screen = Robolectric.buildActivity(MainActivity::class.java).setup()
    }

    private fun visit(page: String = PAGE) = begun { browser.open(BrowserRequest(page, REDIRECT)) }

    private fun started(): Intent? = shadowOf(app).nextStartedActivity

    /** What the visit begins with: the activity that stays below the browser, and the page in it. */
    private fun below(state: Bundle? = null): ActivityController<BrowserActivity> {
        lateinit var intent: Intent
        runMainThreadUntil { started()?.also { intent = it } != null }
        assertEquals(BrowserActivity::class.java.name, intent.component?.className)
        screen.pause()
        return Robolectric.buildActivity(BrowserActivity::class.java, intent).also {
            if (state == null) it.setup() else it.create(state).start().restoreInstanceState(state).resume()
        }
    }

    /** The browser is in front. */
    private fun ActivityController<BrowserActivity>.left() = pause().stop()

    private fun ActivityController<BrowserActivity>.comeBack() = restart().start().resume()

    /** The browser follows the redirect; what the system does with it. */
    private fun redirect(url: String): Intent? {
        val intent = Intent(Intent.ACTION_VIEW, Uri.parse(url)).addCategory(Intent.CATEGORY_BROWSABLE)
        val activity = Robolectric.buildActivity(RedirectActivity::class.java, intent).create().get()
        assertTrue("it shows nothing", activity.isFinishing)
        return started()
    }

    private fun assertIsForBelow(intent: Intent?) {
        assertEquals(BrowserActivity::class.java.name, intent!!.component?.className)
        val flags = Intent.FLAG_ACTIVITY_CLEAR_TOP or Intent.FLAG_ACTIVITY_SINGLE_TOP
        assertEquals("it closes the browser above", flags, intent.flags and flags)
    }

    @Test
    fun `the page opens in the user's browser, and the redirect is the answer`() {
        browsers.install("org.tabs", hasTabs = true)
        val visit = visit()
        val below = below()
        val page = started()!!
        assertEquals("org.tabs", page.`package`)
        assertEquals(Uri.parse(PAGE), page.data)
        assertTrue("a Custom Tab", page.hasExtra(CustomTabsIntent.EXTRA_SESSION))
        below.left()
        val redirected = redirect(ANSWER)
        assertIsForBelow(redirected)
        below.newIntent(redirected).comeBack()
        assertEquals(ANSWER, visit.ended())
        assertTrue(below.get().isFinishing)
    }

    @Test
    fun `a user who comes back without a redirect has cancelled`() {
        browsers.install("org.tabs", hasTabs = true)
        val visit = visit()
        val below = below().apply { left() }
        assertFalse(visit.isCompleted)
        below.comeBack()
        assertThrows(PlatformException.Cancelled::class.java) { visit.ended() }
        assertTrue(below.get().isFinishing)
    }

    @Test
    fun `a browser with tabs is taken before one without, and any browser before none`() {
        browsers.installApp("com.provider", "id.example")
        assertNull("an app is no browser", pageIntent(app, Uri.parse(PAGE)))
        browsers.install("org.plain", hasTabs = false)
        val plain = pageIntent(app, Uri.parse(PAGE))!!
        assertEquals("org.plain", plain.`package`)
        assertFalse(plain.hasExtra(CustomTabsIntent.EXTRA_SESSION))
        assertTrue(plain.hasCategory(Intent.CATEGORY_BROWSABLE))
        browsers.install("org.tabs", hasTabs = true)
        assertEquals("org.tabs", pageIntent(app, Uri.parse(PAGE))!!.`package`)
    }

    @Test
    fun `without a browser it is unsupported`() {
        val visit = visit()
        assertTrue(below().get().isFinishing)
        assertThrows(PlatformException.Unsupported::class.java) { visit.ended() }
    }

    @Test
    fun `what another app sends ends nothing`() {
        browsers.install("org.tabs", hasTabs = true)
        val visit = visit()
        below().left()
        started()
        for (url in listOf(
            "https://app.example/oauth?code=1&state=guessed",
            "https://evil.example/oauth?state=s1",
        )) {
            assertNull(redirect(url))
        }
        assertFalse(visit.isCompleted)
        assertNotNull(redirect(ANSWER))
    }

    @Test
    fun `a rotation below the browser ends nothing`() {
        browsers.install("org.tabs", hasTabs = true)
        val visit = visit()
        val below = below().apply { left() }
        started()
        val turned = Configuration(app.resources.configuration)
        turned.orientation = Configuration.ORIENTATION_LANDSCAPE
        below.configurationChange(turned)
        assertNull("the page is not opened again", started())
        assertFalse(visit.isCompleted)
        below.newIntent(redirect(ANSWER)).comeBack()
        assertEquals(ANSWER, visit.ended())
    }

    @Test
    fun `another visit takes the place of the first`() {
        browsers.install("org.tabs", hasTabs = true)
        val first = visit("$PAGE&first")
        val below = below()
        started()
        val second = visit()
        runMainThreadUntil { first.isCompleted }
        assertThrows(PlatformException.Cancelled::class.java) { first.ended() }
        screen.resume()
        val again = waitForStart()
        below.left().newIntent(again).comeBack()
        assertEquals(Uri.parse(PAGE), started()!!.data)
        below.left().newIntent(redirect(ANSWER)).comeBack()
        assertEquals(ANSWER, second.ended())
    }

    @Test
    fun `a visit whose browser the app itself has closed is cancelled`() {
        browsers.install("org.tabs", hasTabs = true)
        val visit = visit()
        val below = below().apply { left() }
        // As the launcher does if the app's main activity is `singleTask`: what is above that is gone.
        below.get().finish()
        assertFalse(visit.isCompleted)
        below.destroy()
        assertThrows(PlatformException.Cancelled::class.java) { visit.ended() }
    }

    @Test
    fun `what is below a browser that was closed ends no later visit`() {
        browsers.install("org.tabs", hasTabs = true)
        val first = visit("$PAGE&first")
        val closed = below().apply { left() }
        started()
        closed.get().finish()
        screen.resume()
        val second = visit()
        val below = below().apply { left() }
        assertThrows(PlatformException.Cancelled::class.java) { first.ended() }
        // The system takes its time with what is out of sight.
        closed.destroy()
        assertFalse(second.isCompleted)
        below.newIntent(redirect(ANSWER)).comeBack().pause().stop().destroy()
        assertEquals(ANSWER, second.ended())
    }

    @Test
    fun `an activity that was made again belongs to the latest visit that it has had`() {
        browsers.install("org.tabs", hasTabs = true)
        visit("$PAGE&first")
        val below = below().apply { left() }
        val original = below.get().intent
        val state = Bundle()
        started()
        val second = visit()
        screen.resume()
        below.newIntent(waitForStart()).comeBack().pause().stop().saveInstanceState(state).destroy()
        assertFalse(second.isCompleted)
        val again = Robolectric.buildActivity(BrowserActivity::class.java, original)
        again.create(state).start().restoreInstanceState(state).resume()
        assertThrows(PlatformException.Cancelled::class.java) { second.ended() }
    }

    @Test
    fun `a visit that nobody waits for any more leaves nothing behind`() {
        browsers.install("org.tabs", hasTabs = true)
        val scope = CoroutineScope(Dispatchers.IO)
        scope.launch { browser.open(BrowserRequest(PAGE, REDIRECT)) }
        val below = below().apply { left() }
        started()
        scope.cancel()
        runMainThreadUntil { BrowserVisits.isAwaited(Uri.parse("https://evil.example")) }
        below.comeBack()
        assertTrue(below.get().isFinishing)
    }

    @Test
    fun `after the death of the process the redirect is kept for the next client`() {
        browsers.install("org.tabs", hasTabs = true)
        val visit = visit()
        val state = Bundle()
        below().apply { left() }.saveInstanceState(state).destroy()
        started()
        die(visit)
        val redirected = redirect(ANSWER)
        assertIsForBelow(redirected)
        val below = Robolectric.buildActivity(BrowserActivity::class.java, redirected)
        below.create(state).start().restoreInstanceState(state).resume()
        assertTrue(below.get().isFinishing)
        assertEquals(ANSWER, whileMainThreadRuns { CustomTabsBrowser.unawaitedRedirects.first() })
    }

    @Test
    fun `an activity that the system has destroyed alone is made again for the redirect`() {
        browsers.install("org.tabs", hasTabs = true)
        val visit = visit()
        val state = Bundle()
        val intent = below().apply { left() }.saveInstanceState(state).destroy().get().intent
        started()
        val again = Robolectric.buildActivity(BrowserActivity::class.java, intent)
        again.create(state).start().newIntent(redirect(ANSWER)).resume()
        assertEquals(ANSWER, visit.ended())
        assertTrue(again.get().isFinishing)
    }

    @Test
    fun `after the death of the process a closed browser is no redirect, and the page does not open again`() {
        browsers.install("org.tabs", hasTabs = true)
        val visit = visit()
        val state = Bundle()
        val intent = below().apply { left() }.saveInstanceState(state).get().intent
        started()
        die(visit)
        val below = Robolectric.buildActivity(BrowserActivity::class.java, intent)
        below.create(state).start().restoreInstanceState(state).resume()
        assertTrue(below.get().isFinishing)
        assertFalse(PAGE == started()?.dataString)
    }

    @Test
    fun `a redirect into an app whose screens are gone opens the app`() {
        val below = Robolectric.buildActivity(BrowserActivity::class.java, redirect(ANSWER))
        shadowOf(below.get()).setIsTaskRoot(true)
        below.setup()
        assertEquals(MainActivity::class.java.name, started()!!.component?.className)
        assertEquals(ANSWER, whileMainThreadRuns { CustomTabsBrowser.unawaitedRedirects.first() })
    }

    @Test
    fun `the link leads to the redirect, and nothing but the app to what is below the browser`() {
        fun resolved(url: String) = app.packageManager
            .queryIntentActivities(
                Intent(Intent.ACTION_VIEW, Uri.parse(url)),
                PackageManager.MATCH_DEFAULT_ONLY,
            )
            .map { it.activityInfo.name }
        assertEquals(listOf(RedirectActivity::class.java.name), resolved(ANSWER))
        assertEquals(emptyList<String>(), resolved("https://app.example/other"))
        assertEquals(emptyList<String>(), resolved("https://evil.example/oauth"))
        assertTrue(info(RedirectActivity::class.java).exported)
        assertFalse(info(BrowserActivity::class.java).exported)
        // It may be the first of its task: whoever leaves out one leaves out the app.
        assertEquals(0, info(RedirectActivity::class.java).flags and ActivityInfo.FLAG_EXCLUDE_FROM_RECENTS)
    }

    private fun info(activity: Class<out Activity>) =
        app.packageManager.getActivityInfo(android.content.ComponentName(app, activity), 0)

    private fun waitForStart(): Intent {
        var intent: Intent? = null
        runMainThreadUntil { started()?.also { intent = it } != null }
        return intent!!
    }

    /** The process's memory is gone. */
    private fun die(visit: Deferred<Result<String>>) {
        forgetVisits()
        assertThrows(PlatformException.Cancelled::class.java) { visit.ended() }
    }

    private fun forgetVisits() = BrowserVisits.forget(BrowserVisits.begin(BrowserRequest(PAGE, REDIRECT)))

    private companion object {
        const val PAGE = "https://id.example/authorize?state=s1"
        const val REDIRECT = "https://app.example/oauth"
        const val ANSWER = "$REDIRECT?code=1&state=s1"
    }
}
