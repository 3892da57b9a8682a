package dev.stepup

import dev.stepup.core.StepUpFlowState

/** Whether the flow has ended with this state: granted, cancelled or failed. None follows it. */
public val StepUpFlowState.isFinal: Boolean
    get() = when (this) {
        is StepUpFlowState.Granted, is StepUpFlowState.Cancelled, is StepUpFlowState.Failed -> true
        else -> false
    }
