package dev.stepup

import dev.stepup.core.CoreStepUpFlowInterface
import dev.stepup.core.StepUpException
import dev.stepup.core.StepUpFlowListener
import dev.stepup.core.StepUpFlowState
import dev.stepup.core.Subscription
import kotlin.coroutines.cancellation.CancellationException
import kotlinx.coroutines.Job
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.flow.last
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.launch

/**
 * A step-up under way: a screen shows its [states] and passes on what the user does. From
 * [StepUpAuthClient.start], [StepUpAuthClient.pendingFlow] and [StepUpAuthClient.withStepUp].
 */
public class StepUpFlow internal constructor(
    private val core: CoreStepUpFlowInterface,
    private val listeners: CallbackGuard,
) : CoreStepUpFlowInterface by core {
    /**
     * The state as it is, then each that follows; complete after the last one, which is told with the end of
     * the client too. Who is slow misses what came and went, never the latest. Each collector hears for
     * itself; one that ends leaves the flow as it is.
     */
    public val states: Flow<StepUpFlowState> = callbackFlow {
        val subscription = core.subscribe(object : StepUpFlowListener {
            override suspend fun stateChanged(state: StepUpFlowState) {
                trySend(state)
                if (state.isFinal) channel.close()
            }
        })
        awaitClose { subscription.close() }
    }.conflate()

    override fun subscribe(listener: StepUpFlowListener): Subscription =
        core.subscribe(SafeStepUpFlowListener(listener, listeners))
}

/** Has the flow shown if it needs the user, and leaves it. Returns if it was granted, else fails. */
internal suspend fun StepUpFlow.runToGrant(present: suspend (StepUpFlow) -> Unit) {
    val end = try {
        end(present)
    } finally {
        // Ends it for all if nobody else has come by `start`; does nothing if it has ended.
        leave()
    }
    when (end) {
        is StepUpFlowState.Granted -> return
        is StepUpFlowState.Failed -> throw end.error
        else -> throw StepUpException.Cancelled()
    }
}

private suspend fun StepUpFlow.end(present: suspend (StepUpFlow) -> Unit): StepUpFlowState = coroutineScope {
    var presenting: Job? = null
    val end = states.onEach { state ->
        val needsUser = state != StepUpFlowState.Checking && !state.isFinal
        if (needsUser && presenting == null) presenting = launch { show(present) }
    }.last()
    presenting?.cancel()
    end
}

/** What a screen throws counts until the flow has ended, not while it is taken away. */
private suspend fun StepUpFlow.show(present: suspend (StepUpFlow) -> Unit) {
    val failure = try {
        return present(this)
    } catch (_: CancellationException) {
        // If it is the screen's own, it would end this coroutine only, and the flow would go on unseen.
        StepUpException.Cancelled()
    } catch (thrown: Exception) {
        thrown
    }
    currentCoroutineContext().ensureActive()
    if (!state().isFinal) throw failure
}
