package dev.stepup.sample.presenter

import dev.stepup.StepUpFlow
import dev.stepup.core.OptionId
import dev.stepup.core.StepUpException
import dev.stepup.core.StepUpFlowState
import dev.stepup.core.TokenScope
import java.io.IOException
import java.time.Instant
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** Asks the app's backend for an assertion that permits these scopes. */
typealias Assertions = suspend (List<TokenScope>) -> String

/**
 * The sheet in which a user proves who they are, whatever wants that. It draws the states of a flow and
 * passes on what the user does; [state] is null while it is closed.
 *
 * @param assertion of the app's backend, if it makes any.
 */
class StepUpSheetPresenter(
    private val scope: CoroutineScope,
    private val now: () -> Instant,
    private val assertion: Assertions?,
) {
    private val shown = MutableStateFlow<StepUpSheet?>(null)
    private val turn = Mutex()
    private var flow: StepUpFlow? = null
    private var hasResumed = false

    /** What is to be drawn over the screen. */
    val state: StateFlow<StepUpSheet?> = shown.asStateFlow()

    /** Shows a flow until it has ended; whoever began it tells how. */
    suspend fun present(flow: StepUpFlow) = turn.withLock {
        this.flow = flow
        try {
            flow.states.collectLatest { state -> draw(flow, state) }
        } finally {
            this.flow = null
            shown.value = null
        }
    }

    /** Shows a flow that an earlier process has begun. Nobody waits for it: the sheet tells how it ends. */
    fun resume(flow: StepUpFlow) {
        hasResumed = true
        scope.launch {
            present(flow)
            when (val end = flow.state()) {
                is StepUpFlowState.Granted -> shown.value = StepUpSheet.Granted
                is StepUpFlowState.Failed -> shown.value = end.error.notice?.let { StepUpSheet.Failed(it) }
                else -> {}
            }
        }
    }

    /** The browser has brought back what a step-up of an earlier process was about, unless it is told. */
    internal fun granted() {
        if (!hasResumed) shown.compareAndSet(null, StepUpSheet.Granted)
    }

    /** The user chooses a method. */
    fun select(option: OptionId) = pass { it.select(option) }

    /** The user has typed or pasted a code. */
    fun submit(code: String) = pass { it.submit(code) }

    /** The captcha is solved. */
    fun submitCaptcha(token: String) = pass { it.submitCaptcha(token) }

    /** The user wants another code. */
    fun resend() = pass { it.resend() }

    /** The user wants another method. */
    fun back() = pass { it.back() }

    /** The user wants to try once more what failed. */
    fun retry() = pass { flow ->
        val state = flow.state()
        if (state is StepUpFlowState.AwaitingExternalJwt) askBackend(flow, state) else flow.retry()
    }

    /** The user does not want to, or has seen how it ended. */
    fun close() {
        flow?.cancel() ?: run { shown.value = null }
    }

    /** What comes too late, such as a second tap, does nothing. */
    private fun pass(action: suspend (StepUpFlow) -> Unit) {
        val flow = flow ?: return
        scope.launch { ifInTime { action(flow) } }
    }

    private suspend fun ifInTime(action: suspend () -> Unit) {
        try {
            action()
        } catch (_: StepUpException.InvalidTransition) {
            // The flow has gone on meanwhile.
        } catch (_: StepUpException.ClientClosed) {
            // It has ended with its client.
        }
    }

    private suspend fun draw(flow: StepUpFlow, state: StepUpFlowState) {
        shown.value = state.sheet()
        when (state) {
            is StepUpFlowState.AwaitingCode -> state.prompt.resendAt?.let { moment ->
                secondsUntil(moment, now).collect { shown.value = state.sheet(resendIn = it) }
            }
            is StepUpFlowState.AwaitingExternalJwt -> if (state.error == null) askBackend(flow, state)
            else -> {}
        }
    }

    private suspend fun askBackend(flow: StepUpFlow, state: StepUpFlowState.AwaitingExternalJwt) {
        val ask = assertion ?: return ifInTime { flow.back() }
        try {
            val jwt = ask(state.scopes)
            ifInTime { flow.submitExternalJwt(jwt) }
        } catch (_: IOException) {
            shown.value = StepUpSheet.Waiting(state.option.method, Notice.OFFLINE)
        } catch (failed: StepUpException) {
            shown.value = StepUpSheet.Waiting(state.option.method, failed.notice)
        }
    }
}
