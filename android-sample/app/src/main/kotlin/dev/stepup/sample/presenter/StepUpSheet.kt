package dev.stepup.sample.presenter

import dev.stepup.core.MfaFactorKind
import dev.stepup.core.OptionId
import dev.stepup.core.StepUpFlowState
import dev.stepup.core.StepUpMethod
import dev.stepup.core.StepUpOption

/** What the sheet shows over a screen while the user proves who they are. */
sealed interface StepUpSheet {
    /** Something is under way that needs nobody. */
    data class Working(val what: Work) : StepUpSheet

    /**
     * The user chooses a method.
     *
     * @property toEnroll what they could add, if there is none.
     * @property canRetry whether to offer that what failed is repeated.
     */
    data class Choosing(
        val choices: List<MethodChoice>,
        val toEnroll: List<MfaFactorKind>,
        val notice: Notice?,
        val canRetry: Boolean,
    ) : StepUpSheet

    /**
     * The user types a code.
     *
     * @property sentTo where it went, masked; none for an authenticator app and for recovery codes.
     * @property resendIn after how many seconds another one can be asked for; none if codes are not sent.
     */
    data class Code(
        val method: StepUpMethod,
        val sentTo: String?,
        val resendIn: Int?,
        val isResending: Boolean,
        val notice: Notice?,
    ) : StepUpSheet

    /** The system's passkey sheet, the browser, the wallet or the app's backend is at work. */
    data class Waiting(val method: StepUpMethod, val notice: Notice?) : StepUpSheet

    /** The environment wants to see that this is a person. */
    data class Captcha(val provider: String) : StepUpSheet

    /** It is done, and nothing waits for it: the user repeats what they wanted to do. */
    data object Granted : StepUpSheet

    /** No method can help. */
    data class Failed(val notice: Notice) : StepUpSheet
}

/** What is under way. */
enum class Work { CHECKING, SENDING, VERIFYING }

/** A way to prove who one is, as it is offered. */
data class MethodChoice(
    val id: OptionId,
    val method: StepUpMethod,
    val label: String?,
    val isPreferred: Boolean,
    val isUsable: Boolean,
    val notice: Notice?,
)

/**
 * The sheet for a state of the flow; none where the flow has ended.
 *
 * @param resendIn how many seconds until a code can be sent again.
 */
internal fun StepUpFlowState.sheet(resendIn: Int? = null): StepUpSheet? = when (this) {
    is StepUpFlowState.Checking -> StepUpSheet.Working(Work.CHECKING)
    is StepUpFlowState.SendingCode -> StepUpSheet.Working(Work.SENDING)
    is StepUpFlowState.Verifying -> StepUpSheet.Working(Work.VERIFYING)
    is StepUpFlowState.Choosing -> StepUpSheet.Choosing(
        choices = options.map { it.choice() },
        toEnroll = enrollmentHints,
        notice = error?.notice,
        canRetry = error != null || options.isEmpty() || !isConfirmed,
    )
    is StepUpFlowState.AwaitingCode -> StepUpSheet.Code(
        method = option.method,
        sentTo = prompt.maskedDestination,
        resendIn = resendIn,
        isResending = prompt.isResending,
        notice = prompt.error?.notice,
    )
    is StepUpFlowState.AwaitingCeremony -> StepUpSheet.Waiting(option.method, notice = null)
    is StepUpFlowState.AwaitingBrowser -> StepUpSheet.Waiting(option.method, notice = null)
    is StepUpFlowState.AwaitingSignature -> StepUpSheet.Waiting(option.method, notice = null)
    is StepUpFlowState.AwaitingExternalJwt -> StepUpSheet.Waiting(option.method, error?.notice)
    is StepUpFlowState.CaptchaNeeded -> StepUpSheet.Captcha(challenge.provider)
    is StepUpFlowState.Granted, is StepUpFlowState.Cancelled, is StepUpFlowState.Failed -> null
}

private fun StepUpOption.choice() = MethodChoice(
    id = id,
    method = method,
    label = maskedLabel,
    isPreferred = isPreferred,
    isUsable = unusable == null,
    notice = unusable?.let(::ofMethod) ?: error?.notice,
)
