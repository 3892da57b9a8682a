package dev.stepup.android

import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Context
import android.content.Intent
import android.net.Uri
import android.os.Bundle
import dev.stepup.core.PlatformException

/**
 * Opens a page and stays below the browser. Whoever comes back to it has a redirect or has closed the
 * browser. The system keeps it, and that the page is open, when the process dies.
 */
internal class BrowserActivity : Activity() {
    private var isPageOpen = false

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        isPageOpen = savedInstanceState?.getBoolean(IS_PAGE_OPEN) ?: false
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        setIntent(intent)
        isPageOpen = false
    }

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        outState.putBoolean(IS_PAGE_OPEN, isPageOpen)
    }

    override fun onResume() {
        super.onResume()
        val uri = intent.data
        when {
            uri != null && intent.action == REDIRECT -> leave { BrowserVisits.redirected(uri) }
            uri != null && !isPageOpen -> open(uri)
            else -> leave { BrowserVisits.failed(PlatformException.Cancelled()) }
        }
    }

    private fun open(page: Uri) {
        isPageOpen = true
        try {
            startActivity(pageIntent(this, page) ?: throw ActivityNotFoundException())
        } catch (_: ActivityNotFoundException) {
            leave { BrowserVisits.failed(PlatformException.Unsupported()) }
        }
    }

    private fun leave(tell: () -> Unit) {
        tell()
        // The app's own screens are gone if the user has closed them meanwhile.
        if (isTaskRoot) packageManager.getLaunchIntentForPackage(packageName)?.let(::startActivity)
        finish()
    }

    companion object {
        private const val REDIRECT = "dev.stepup.android.REDIRECT"
        private const val IS_PAGE_OPEN = "isPageOpen"

        fun forPage(context: Context, page: Uri): Intent =
            Intent(context, BrowserActivity::class.java).setData(page)

        /** Closes the browser above, if that is in the app's task. */
        fun forRedirect(context: Context, redirect: Uri): Intent =
            Intent(context, BrowserActivity::class.java).setAction(REDIRECT).setData(redirect)
                .addFlags(Intent.FLAG_ACTIVITY_CLEAR_TOP or Intent.FLAG_ACTIVITY_SINGLE_TOP)
    }
}
