package dev.stepup.android

import dev.stepup.core.BrowserRequest
import dev.stepup.core.OAuthBrowser
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.withContext

/**
 * Opens the pages of OAuth providers in a Custom Tab of the user's browser, or in any browser that there is;
 * never in a web view. The redirect comes back by [RedirectActivity].
 *
 * A user who comes back without one is `Cancelled`, as is a visit whose place another one takes; without any
 * browser it is `Unsupported`.
 *
 * If the system ends the app meanwhile, the next process finds the redirect in [unawaitedRedirects];
 * [StepUp.android] takes it from there by itself, as long as a client of it is open.
 *
 * @param activities above which activity the browser opens.
 */
public class CustomTabsBrowser(private val activities: CurrentActivity) : OAuthBrowser {
    override suspend fun open(request: BrowserRequest): String {
        val activity = activities.await()
        val visit = BrowserVisits.begin(request)
        try {
            withContext(Dispatchers.Main) {
                activity.startActivity(BrowserActivity.forPage(activity, visit))
            }
            return visit.await()
        } finally {
            BrowserVisits.forget(visit)
        }
    }

    /** What outlives a browser. */
    public companion object {
        /**
         * The redirect that nobody in this process waited for, once, for `client.auth.handleRedirect`. One
         * collector at a time.
         */
        public val unawaitedRedirects: Flow<String> get() = BrowserVisits.unawaitedRedirects
    }
}
