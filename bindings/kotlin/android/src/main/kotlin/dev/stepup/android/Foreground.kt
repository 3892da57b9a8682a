package dev.stepup.android

import android.os.Handler
import android.os.Looper
import androidx.lifecycle.DefaultLifecycleObserver
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.LifecycleOwner
import androidx.lifecycle.ProcessLifecycleOwner
import dev.stepup.StepUpClient

/**
 * Tells the client whenever the app comes to the foreground and leaves it. Callable from any thread.
 * [StepUp.android] does this by itself.
 *
 * @param lifecycle whose; by default the process's, which takes no notice of a rotation.
 * @return what ends it.
 */
public fun StepUpClient.followForeground(
    lifecycle: Lifecycle = ProcessLifecycleOwner.get().lifecycle,
): AutoCloseable = lifecycle.tell(::setForeground)

internal fun Lifecycle.tell(setForeground: (Boolean) -> Unit): AutoCloseable {
    val observer = object : DefaultLifecycleObserver {
        override fun onStart(owner: LifecycleOwner) = setForeground(true)

        override fun onStop(owner: LifecycleOwner) = setForeground(false)
    }
    onMainThread { addObserver(observer) }
    return AutoCloseable { onMainThread { removeObserver(observer) } }
}

/** At once if this is the main thread. */
private fun onMainThread(work: () -> Unit) {
    val main = Looper.getMainLooper()
    if (main.isCurrentThread) work() else Handler(main).post(work)
}
