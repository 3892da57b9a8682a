package dev.stepup.sample.presenter

import dev.stepup.core.CodeRefusal
import dev.stepup.core.OtpVerification
import dev.stepup.core.StepUpException
import dev.stepup.core.VerificationId
import java.time.Instant
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch

/**
 * What a screen shows of a code that is on its way.
 *
 * @property sentTo the address or number, masked.
 * @property resendIn after how many seconds another one can be asked for; 0 from then on.
 */
data class CodePrompt(val sentTo: String, val resendIn: Int)

/**
 * A code that the user waits for, if they do.
 *
 * @param show is told what to draw, each second anew; null once nothing is awaited.
 */
internal class AwaitedCode(
    private val scope: CoroutineScope,
    private val now: () -> Instant,
    private val show: (CodePrompt?) -> Unit,
) {
    private var sent: OtpVerification? = null
    private var countdown: Job? = null

    /** The code that was sent; null if none is awaited. */
    val id: VerificationId? get() = sent?.id

    /** It was sent. */
    fun begin(verification: OtpVerification) {
        sent = verification
        countdown?.cancel()
        countdown = scope.launch {
            secondsUntil(verification.resendAt, now).collect { seconds ->
                show(CodePrompt(verification.maskedDestination, seconds))
            }
        }
    }

    /** It is not awaited any more. */
    fun end() {
        countdown?.cancel()
        sent = null
        show(null)
    }

    /** Uses what the user has typed. It is awaited no more after that, or after too many wrong ones. */
    suspend fun <Answer> use(call: suspend (VerificationId?) -> Answer): Answer = try {
        call(id).also { end() }
    } catch (refused: StepUpException.InvalidCode) {
        if (refused.reason == CodeRefusal.TOO_MANY_ATTEMPTS) end()
        throw refused
    }
}
