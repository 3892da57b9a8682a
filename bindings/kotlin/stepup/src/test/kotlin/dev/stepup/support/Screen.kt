package dev.stepup.support

import dev.stepup.StepUpFlow
import dev.stepup.core.StepUpFlowListener
import dev.stepup.core.StepUpFlowState
import java.util.concurrent.ConcurrentLinkedQueue
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.withTimeout

/** A screen that shows a flow: all that it knows is the states that it is told, in their order. */
internal class Screen(val flow: StepUpFlow) : Callback(), StepUpFlowListener, AutoCloseable {
    private val told = Channel<StepUpFlowState>(Channel.UNLIMITED)

    /** Everything that was told. */
    val states = ConcurrentLinkedQueue<StepUpFlowState>()
    private val subscription = flow.subscribe(this)

    override suspend fun stateChanged(state: StepUpFlowState) {
        begin("stateChanged")
        states.add(state)
        told.send(state)
    }

    /** The next state that satisfies a condition. The end of the flow is not passed over. */
    suspend fun awaitState(what: String, isIt: (StepUpFlowState) -> Boolean): StepUpFlowState {
        try {
            return withTimeout(PATIENCE_MILLIS) {
                var state = told.receive()
                while (!isIt(state)) {
                    if (state.isFinal) throw AssertionError("the flow has ended before $what: $state")
                    state = told.receive()
                }
                state
            }
        } catch (timeout: TimeoutCancellationException) {
            throw AssertionError("there was no $what, but: ${states.toList()}", timeout)
        }
    }

    /** The next state of a kind that satisfies a condition. */
    suspend inline fun <reified S : StepUpFlowState> await(crossinline isIt: (S) -> Boolean = { true }): S =
        awaitState(S::class.simpleName!!) { it is S && isIt(it) } as S

    /** Does with each state what the user would, until the flow has ended: its last state. */
    suspend fun play(user: suspend StepUpFlow.(StepUpFlowState) -> Unit): StepUpFlowState {
        while (true) {
            val state = awaitState("end") { true }
            if (state.isFinal) return state
            flow.user(state)
        }
    }

    override fun close() = subscription.close()

    private companion object {
        const val PATIENCE_MILLIS = 20_000L
    }
}

internal val StepUpFlowState.isFinal: Boolean
    get() = this is StepUpFlowState.Granted ||
        this is StepUpFlowState.Cancelled ||
        this is StepUpFlowState.Failed
