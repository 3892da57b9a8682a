package dev.stepup.sample.support

import android.app.Activity
import android.app.Application
import android.content.Intent
import android.net.Uri
import android.os.Bundle
import androidx.test.core.app.ApplicationProvider
import dev.stepup.android.RedirectActivity
import dev.stepup.android.support.TestBrowsers
import dev.stepup.support.Sandbox
import org.junit.Assert.assertEquals
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController

/**
 * A visit to the browser, as the system plays it: what the app starts is set up by hand, and the page that
 * would be seen is answered at the sandbox.
 */
internal class BrowserVisit(private val sandbox: Sandbox) {
    private val app: Application = ApplicationProvider.getApplicationContext()
    private var below: ActivityController<out Activity>? = null
    private var state = Bundle()

    /** The page that is open in the browser. */
    lateinit var page: String
        private set

    /** The browser opens, once the app wants it: whether it does by now. */
    fun hasOpened(): Boolean {
        val intent = shadowOf(app).nextStartedActivity ?: return false
        assertEquals(BELOW, intent.component?.className)
        below = build(intent).setup()
        page = checkNotNull(shadowOf(app).nextStartedActivity.dataString)
        below?.pause()?.saveInstanceState(state)?.stop()
        return true
    }

    /** The user consents there, and the provider leads back. */
    fun approve(account: String = "ada") {
        val redirect = Uri.parse(sandbox.approve(page, account))
        val intent = Intent(Intent.ACTION_VIEW, redirect).addCategory(Intent.CATEGORY_BROWSABLE)
        Robolectric.buildActivity(RedirectActivity::class.java, intent).create()
        val back = shadowOf(app).nextStartedActivity
        assertEquals(BELOW, back.component?.className)
        val present = below
        if (present == null) {
            build(back).create(state).start().restoreInstanceState(state).resume()
        } else {
            present.newIntent(back).restart().start().resume()
        }
        // It takes the app for closed, as there are no tasks here, and opens it: that is running.
        shadowOf(app).clearNextStartedActivities()
    }

    /** The system has ended the app: nothing of it is left but what it was told to keep. */
    fun forgetProcess() {
        below?.destroy()
        below = null
    }

    private fun build(intent: Intent): ActivityController<out Activity> {
        val type = Class.forName(BELOW).asSubclass(Activity::class.java)
        return Robolectric.buildActivity(type, intent)
    }

    companion object {
        private const val BELOW = "dev.stepup.android.BrowserActivity"

        /** There is a browser on the phone. */
        fun installBrowser() =
            TestBrowsers(ApplicationProvider.getApplicationContext()).install("org.web", hasTabs = true)
    }
}
