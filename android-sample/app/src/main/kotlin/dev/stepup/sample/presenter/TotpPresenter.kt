package dev.stepup.sample.presenter

import dev.stepup.StepUpClient
import dev.stepup.core.MfaFactor
import dev.stepup.core.MfaFactorId
import dev.stepup.core.MfaFactorKind
import dev.stepup.core.TokenScope
import dev.stepup.core.TotpEnrollment
import kotlinx.coroutines.CoroutineScope

/**
 * The user's authenticator app.
 *
 * @property factors that there are; null before they are known.
 * @property enrollment what the app has to be given (QR code and secret), until a code of it has come back.
 */
data class TotpState(val factors: List<MfaFactor>? = null, val enrollment: TotpEnrollment? = null)

/** Enrols an authenticator app and removes it. */
class TotpPresenter(client: StepUpClient, private val sheet: StepUpSheetPresenter, scope: CoroutineScope) :
    Presenter<TotpState>(TotpState(), scope) {
    private val mfa = client.mfa
    private val stepUp = client.stepUp

    /** Looks what there is. */
    fun load() = act {
        list()
        null
    }

    /** Begins: the secret is shown, and has to be kept from other eyes. */
    fun enroll() = act {
        val enrollment = stepUp.withStepUp(TokenScope.CREDENTIAL_LINK, sheet::present) { mfa.enrollTotp() }
        show { it.copy(enrollment = enrollment) }
        null
    }

    /** The user has typed what the authenticator app shows: that proves that it has the secret. */
    fun confirm(code: String) = act {
        mfa.confirmTotp(code)
        show { it.copy(enrollment = null) }
        list()
        Notice.ENROLLED
    }

    /** The user does not go on with it; the secret is forgotten here. */
    fun abandon() {
        stop()
        show { it.copy(enrollment = null) }
    }

    /** Removes the authenticator app. */
    fun remove(factor: MfaFactorId) = act {
        stepUp.withStepUp(TokenScope.CREDENTIAL_UNLINK, sheet::present) { mfa.delete(factor) }
        list()
        Notice.REMOVED
    }

    private suspend fun list() {
        val factors = mfa.methods().filter { it.kind == MfaFactorKind.Totp }.flatMap { it.factors }
        show { state -> state.copy(factors = factors.filter { it.isVerified }) }
    }
}
