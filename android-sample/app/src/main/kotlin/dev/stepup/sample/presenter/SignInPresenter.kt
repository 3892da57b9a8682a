package dev.stepup.sample.presenter

import dev.stepup.AuthClient
import dev.stepup.core.PhoneNumber
import dev.stepup.core.SignInOptions
import dev.stepup.core.SocialProvider
import java.time.Instant
import kotlinx.coroutines.CoroutineScope

/** Where a sign-in has got to. */
sealed interface SignInState {
    /** The user says who they are. */
    data object Start : SignInState

    /** A code is on its way, and the user types it. */
    data class Code(val prompt: CodePrompt) : SignInState
}

/**
 * Signs in by a code, a passkey, a social account or an assertion of the app's backend. Who is signed in then
 * shows in the client's session, and the app goes on by itself.
 */
class SignInPresenter(
    private val auth: AuthClient,
    private val tools: DevelopmentTools?,
    scope: CoroutineScope,
    now: () -> Instant,
) : Presenter<SignInState>(SignInState.Start, scope) {
    private val code =
        AwaitedCode(scope, now) { prompt -> show { prompt?.let(SignInState::Code) ?: SignInState.Start } }

    /** Whether the app has a backend here that signs assertions. */
    val hasBackend: Boolean get() = tools != null

    /** Has a code sent to an e-mail address. */
    fun sendEmail(email: String) = act {
        code.begin(auth.sendEmailOtp(email))
        null
    }

    /** Has a code sent to a phone, for example `+1`, `202 555 0167`. */
    fun sendSms(countryCode: String, number: String) = act {
        code.begin(auth.sendSmsOtp(PhoneNumber(countryCode, number)))
        null
    }

    /** The system may have ended the app while a code was awaited: then it still is. */
    internal suspend fun resume() {
        if (code.id == null) auth.pendingOtp()?.let(code::begin)
    }

    /** Has the code sent once more. */
    fun resend() = act {
        code.id?.let { code.begin(auth.resendOtp(it)) }
        null
    }

    /** The user has typed or pasted the code. */
    fun submit(typed: String) = act {
        code.use { id -> auth.signInWithOtp(typed, SignInOptions(verificationId = id)) }
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
        code.end()
    }

    override fun reset() = back()
}
