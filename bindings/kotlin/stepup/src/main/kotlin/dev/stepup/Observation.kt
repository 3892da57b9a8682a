package dev.stepup

import dev.stepup.core.Subscription
import java.util.concurrent.ConcurrentLinkedQueue
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow

/**
 * What the clients of one [StepUpClient] observe the library by.
 *
 * @property guard for the app's listeners.
 */
internal class Observation(val guard: CallbackGuard) : AutoCloseable {
    /** The library does not go on with a subscription that has been let go. */
    private val subscriptions = ConcurrentLinkedQueue<Subscription>()

    /**
     * A value of the library as a state flow. The library tells the present value first and never leaves out
     * the latest.
     *
     * @param present the value until the first one has been told.
     * @param subscribe has each value told from now on.
     */
    fun <T> stateFlow(present: T, subscribe: (tell: (T) -> Unit) -> Subscription): StateFlow<T> {
        val shown = MutableStateFlow(present)
        keep(subscribe { shown.value = it })
        return shown.asStateFlow()
    }

    /** Lets a subscription go on until the client is closed. */
    fun keep(subscription: Subscription) {
        subscriptions.add(subscription)
    }

    override fun close() {
        while (true) (subscriptions.poll() ?: return).close()
    }
}
