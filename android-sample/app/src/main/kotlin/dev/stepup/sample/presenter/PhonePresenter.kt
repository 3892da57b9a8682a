package dev.stepup.sample.presenter

import dev.stepup.StepUpClient
import dev.stepup.core.LinkOutcome
import dev.stepup.core.PhoneNumber
import dev.stepup.core.TokenScope
import dev.stepup.core.UpdateOutcome
import java.time.Instant
import kotlinx.coroutines.CoroutineScope

/**
 * Where the linking of a number has got to.
 *
 * @property code the code that is on its way there; null while the user says which number.
 */
data class PhoneState(val code: CodePrompt? = null)

/**
 * Adds a phone number as a way to sign in.
 *
 * @param onOffer is told what the user has to decide if the number belongs to somebody else.
 */
class PhonePresenter(
    client: StepUpClient,
    private val sheet: StepUpSheetPresenter,
    private val onOffer: (LinkOutcome) -> Unit,
    scope: CoroutineScope,
    now: () -> Instant,
) : Presenter<PhoneState>(PhoneState(), scope) {
    private val auth = client.auth
    private val stepUp = client.stepUp
    private val code = AwaitedCode(scope, now) { prompt -> show { PhoneState(prompt) } }

    /** The system may have ended the app while a code was awaited: then it still is. */
    internal suspend fun resume() {
        if (code.id == null) auth.pendingLinkOtp()?.let(code::begin)
    }

    /** Has a code sent to the number, for example `+1`, `202 555 0167`. */
    fun send(countryCode: String, number: String) = act {
        val phone = PhoneNumber(countryCode, number)
        when (val outcome = withStepUp { auth.linkPhone(phone) }) {
            is UpdateOutcome.CodeSent -> {
                code.begin(outcome.verification)
                null
            }
            is UpdateOutcome.Done -> Notice.LINKED
        }
    }

    /** Has the code sent once more. */
    fun resend() = act {
        code.id?.let { code.begin(auth.resendLinkOtp(it)) }
        null
    }

    /** The user has typed or pasted the code. */
    fun submit(typed: String) = act {
        val outcome = code.use { id -> withStepUp { auth.confirmLink(typed, id) } }
        if (outcome is LinkOutcome.Done) {
            Notice.LINKED
        } else {
            onOffer(outcome)
            Notice.BELONGS_TO_ANOTHER_USER
        }
    }

    /** Another number. */
    fun startOver() {
        stop()
        code.end()
    }

    override fun reset() = startOver()

    private suspend fun <Answer> withStepUp(call: suspend () -> Answer): Answer =
        stepUp.withStepUp(TokenScope.CREDENTIAL_LINK, sheet::present) { call() }
}
