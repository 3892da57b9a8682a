package dev.stepup.sample.presenter

import dev.stepup.AuthClient
import dev.stepup.core.CodeRefusal
import dev.stepup.core.OtpVerification
import dev.stepup.core.PhoneNumber
import dev.stepup.core.SignInOptions
import dev.stepup.core.SocialProvider
import dev.stepup.core.StepUpException
import java.time.Instant
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch

/** Where a sign-in has got to. */
sealed interface SignInState {
    /** The user says who they are. */
    data object Start : SignInState

    /**
     * A code is on its way, and the user types it.
     *
     * @property sentTo the address or number, masked.
     * @property resendIn after how many seconds another one can be asked for; 0 from then on.
     */
    data class Code(val sentTo: String, val resendIn: Int) : SignInState
}

/**
 * Signs in by a code, a passkey, a social account or an assertion of the app's backend. Who is signed in then
 * shows in the client's session, and the app goes on by itself.
 */
class SignInPresenter(
    private val auth: AuthClient,
    private val tools: DevelopmentTools?,
    scope: CoroutineScope,
    private val now: () -> Instant,
) : Presenter<SignInState>(SignInState.Start, scope) {
    private var sent: OtpVerification? = null
    private var countdown: Job? = null

    /** Whether the app has a backend here that signs assertions. */
    val hasBackend: Boolean get() = tools != null

    /** Has a code sent to an e-mail address. */
    fun sendEmail(email: String) = act { awaitCode(auth.sendEmailOtp(email)) }

    /** Has a code sent to a phone, for example `+1`, `202 555 0167`. */
    fun sendSms(countryCode: String, number: String) =
        act { awaitCode(auth.sendSmsOtp(PhoneNumber(countryCode, number))) }

    /** Has the code sent once more. */
    fun resend() = act { sent?.let { awaitCode(auth.resendOtp(it.id)) } }

    /** The user has typed or pasted the code. */
    fun submit(code: String) = act {
        try {
            auth.signInWithOtp(code, SignInOptions(verificationId = sent?.id))
            start()
        } catch (refused: StepUpException.InvalidCode) {
            // No code of this sending will do any more.
            if (refused.reason == CodeRefusal.TOO_MANY_ATTEMPTS) start()
            throw refused
        }
        null
    }

    /** Asks for a passkey of this app. */
    fun withPasskey() = act {
        auth.signInWithPasskey()
        null
    }

    /** Goes to a provider's page in the browser. */
    fun withSocial(provider: SocialProvider) = act {
        auth.signInWithSocial(provider)
        null
    }

    /** Has the app's backend say who this is. */
    fun withBackend(customer: String, email: String?) = act {
        tools?.let { auth.signInWithExternalJwt(it.assertion(customer, email, emptyList())) }
        null
    }

    /** Another address, or another way; a browser or sheet that is open counts as closed. */
    fun back() {
        stop()
        start()
    }

    override fun reset() = back()

    private fun start() {
        countdown?.cancel()
        sent = null
        show { SignInState.Start }
    }

    private fun awaitCode(verification: OtpVerification): Notice? {
        sent = verification
        countdown?.cancel()
        countdown = scope.launch {
            secondsUntil(verification.resendAt, now).collect { seconds ->
                show { SignInState.Code(verification.maskedDestination, seconds) }
            }
        }
        return null
    }
}
