package dev.stepup

import dev.stepup.core.StepUpAuthClient
import dev.stepup.core.StepUpException
import dev.stepup.core.StepUpFlow
import dev.stepup.core.StepUpFlowListener
import dev.stepup.core.StepUpFlowState
import dev.stepup.core.TokenScope
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch

/**
 * Runs an operation. If it is refused for want of this step-up, a flow is started and the operation is run
 * once more when the flow has been granted. What was not refused in this way never runs twice.
 *
 * Cancelling the coroutine cancels the flow, unless others have joined it by starting one for the same scope.
 *
 * @param scope what the operation needs.
 * @param present shows the flow; called only if the flow needs the user, and cancelled when the flow has
 *   ended. It may return before that. If it fails, so does this, and the flow is left as by cancelling.
 * @param operation what is to be done, for example a call to the app's backend with the headers of
 *   [StepUpAuthClient.authorizationHeaders].
 * @return what the operation has answered.
 * @throws StepUpException.Cancelled if the flow was cancelled.
 * @throws StepUpException what the flow has failed with; what else the operation fails with is passed on.
 */
public suspend fun <T> StepUpAuthClient.withStepUp(
    scope: TokenScope,
    present: suspend (StepUpFlow) -> Unit,
    operation: suspend () -> T,
): T {
    try {
        return operation()
    } catch (refused: StepUpException.StepUpRequired) {
        if (refused.scope != scope) throw refused
    }
    stepUp(scope, present)
    return operation()
}

private suspend fun StepUpAuthClient.stepUp(scope: TokenScope, present: suspend (StepUpFlow) -> Unit) {
    // Not closed here: the screen that was handed it may still ask it for its last state.
    val flow = start(listOf(scope))
    val end = try {
        flow.end(present)
    } finally {
        // Ends it for all if nobody else has come by `start`; does nothing if it has ended.
        flow.leave()
    }
    when (end) {
        is StepUpFlowState.Granted -> return
        is StepUpFlowState.Failed -> throw end.error
        else -> throw StepUpException.Cancelled()
    }
}

/** Waits for the last state. */
private suspend fun StepUpFlow.end(present: suspend (StepUpFlow) -> Unit): StepUpFlowState = coroutineScope {
    val shown = MutableStateFlow(state())
    val listener = object : StepUpFlowListener {
        override suspend fun stateChanged(state: StepUpFlowState) {
            shown.value = state
        }
    }
    subscribe(listener).use {
        shown.first { it != StepUpFlowState.Checking }
        val presenting = if (shown.value.isFinal) null else launch { present(this@end) }
        shown.first { it.isFinal }.also { presenting?.cancel() }
    }
}

private val StepUpFlowState.isFinal: Boolean
    get() = when (this) {
        is StepUpFlowState.Granted, is StepUpFlowState.Cancelled, is StepUpFlowState.Failed -> true
        else -> false
    }
