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

    /** The one that this is for, known by its page's intent: another one may have begun meanwhile. */
    private var visit: String? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        visit = savedInstanceState?.getString(VISIT) ?: intent.getStringExtra(VISIT)
        isPageOpen = savedInstanceState?.getBoolean(IS_PAGE_OPEN) ?: false
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        setIntent(intent)
        intent.getStringExtra(VISIT)?.let { visit = it }
        isPageOpen = false
    }

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        outState.putBoolean(IS_PAGE_OPEN, isPageOpen)
        outState.putString(VISIT, visit)
    }

    override fun onResume() {
        super.onResume()
        val uri = intent.data
        when {
            uri != null && intent.action == REDIRECT -> leave { BrowserVisits.redirected(uri) }
            uri != null && !isPageOpen -> open(uri)
            else -> leave { fail(PlatformException.Cancelled()) }
        }
    }

    /** Without having come back if the app's main activity is `singleTask` and was opened by its icon. */
    override fun onDestroy() {
        super.onDestroy()
        // A visit that has ended takes no notice.
        if (isFinishing) fail(PlatformException.Cancelled())
    }

    private fun open(page: Uri) {
        isPageOpen = true
        try {
            startActivity(pageIntent(this, page) ?: throw ActivityNotFoundException())
        } catch (_: ActivityNotFoundException) {
            leave { fail(PlatformException.Unsupported()) }
        }
    }

    private fun fail(failure: PlatformException) {
        visit?.let { BrowserVisits.failed(it, failure) }
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
        private const val VISIT = "visit"

        fun forPage(context: Context, visit: Visit): Intent =
            Intent(context, BrowserActivity::class.java).setData(visit.page).putExtra(VISIT, visit.id)

        /** Closes the browser above, if that is in the app's task. */
        fun forRedirect(context: Context, redirect: Uri): Intent =
            Intent(context, BrowserActivity::class.java).setAction(REDIRECT).setData(redirect)
                .addFlags(Intent.FLAG_ACTIVITY_CLEAR_TOP or Intent.FLAG_ACTIVITY_SINGLE_TOP)
    }
}
