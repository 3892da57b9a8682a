package dev.stepup.sample.presenter

import dev.stepup.StepUpClient
import dev.stepup.core.RecoveryCode
import kotlinx.coroutines.CoroutineScope

/** The user's recovery codes, of which only a new list can be seen. */
sealed interface RecoveryCodesState {
    /** Nothing is shown: there are none, or they have been put away. */
    data object Hidden : RecoveryCodesState

    /** The codes, for as long as the user has not said that they have them. */
    data class Shown(val codes: List<RecoveryCode>) : RecoveryCodesState
}

/** Shows recovery codes once. The screen must not be photographed or recorded. */
class RecoveryCodesPresenter(client: StepUpClient, scope: CoroutineScope) :
    Presenter<RecoveryCodesState>(RecoveryCodesState.Hidden, scope) {
    private val mfa = client.mfa
    private val auth = client.auth

    /** Shows the codes that the user has not acknowledged yet. */
    fun reveal() = act {
        val codes = mfa.recoveryCodes()
        show { RecoveryCodesState.Shown(codes) }
        null
    }

    /** Makes a new list; the codes of the old one are worth nothing then. */
    fun regenerate() = act {
        val codes = mfa.regenerateRecoveryCodes()
        show { RecoveryCodesState.Shown(codes) }
        // The duty to acknowledge them comes with the next session.
        auth.refresh()
        null
    }

    /** The user has written them down: nobody can read them from now on. */
    fun acknowledge() = act {
        mfa.acknowledgeRecoveryCodes()
        show { RecoveryCodesState.Hidden }
        Notice.ACKNOWLEDGED
    }

    /** The user has had them written to a file, or tried to. */
    fun saved(isWritten: Boolean) = tell(if (isWritten) Notice.SAVED else Notice.STORAGE_FAILED)

    /** The screen is left: the codes are not kept, and can be revealed again until they are acknowledged. */
    fun hide() = reset()
}
