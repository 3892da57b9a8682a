package dev.stepup.android

import android.app.Activity
import android.app.Application
import android.content.Context
import android.os.Bundle
import dev.stepup.core.PlatformException
import java.lang.ref.WeakReference
import java.time.Duration
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.mapNotNull
import kotlinx.coroutines.withTimeoutOrNull

/**
 * The app's activity in front, for sheets and browsers that open above it. Holds it weakly and only while it
 * can be seen, so none is leaked.
 *
 * @param context the application; an activity counts as the one in front until another one is, for what is
 *   made later than the first activity.
 */
public class CurrentActivity internal constructor(context: Context, private val patience: Duration) {
    public constructor(context: Context) : this(context, PATIENCE)

    private val current = MutableStateFlow(WeakReference(context as? Activity))

    internal val application = context.applicationContext as Application

    init {
        application.registerActivityLifecycleCallbacks(Watcher())
    }

    /**
     * Answers with the activity, at once or as soon as there is one: while the screen is rotated there is
     * none.
     *
     * @throws PlatformException.Internal after a few seconds without one, as in the background.
     */
    public suspend fun await(): Activity =
        withTimeoutOrNull(patience.toMillis()) {
            current.mapNotNull { it.get()?.takeUnless(Activity::isFinishing) }.first()
        } ?: throw PlatformException.Internal("no activity of the app is in front")

    private inner class Watcher : Application.ActivityLifecycleCallbacks {
        override fun onActivityResumed(activity: Activity) {
            // Ours are above another one for a moment.
            if (activity !is BrowserActivity && activity !is RedirectActivity) {
                current.value = WeakReference(activity)
            }
        }

        override fun onActivityStopped(activity: Activity) {
            if (current.value.get() === activity) current.value = WeakReference(null)
        }

        override fun onActivityCreated(activity: Activity, savedInstanceState: Bundle?) = Unit

        override fun onActivityStarted(activity: Activity) = Unit

        override fun onActivityPaused(activity: Activity) = Unit

        override fun onActivitySaveInstanceState(activity: Activity, outState: Bundle) = Unit

        override fun onActivityDestroyed(activity: Activity) = Unit
    }

    private companion object {
        val PATIENCE: Duration = Duration.ofSeconds(5)
    }
}
