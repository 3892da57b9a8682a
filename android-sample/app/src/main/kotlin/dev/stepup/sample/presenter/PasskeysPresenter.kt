package dev.stepup.sample.presenter

import dev.stepup.StepUpClient
import dev.stepup.core.Passkey
import dev.stepup.core.PasskeyId
import dev.stepup.core.TokenScope
import kotlinx.coroutines.CoroutineScope

/** The user's passkeys on all devices; null before they are known. */
data class PasskeysState(val passkeys: List<Passkey>? = null)

/** Registers, names and removes passkeys. */
class PasskeysPresenter(
    client: StepUpClient,
    private val sheet: StepUpSheetPresenter,
    scope: CoroutineScope,
) : Presenter<PasskeysState>(PasskeysState(), scope) {
    private val passkeys = client.mfa.passkeys
    private val stepUp = client.stepUp

    /** Looks what there is. */
    fun load() = act {
        list()
        null
    }

    /** Makes a passkey on this device, by the system's sheet. */
    fun register() = act {
        stepUp.withStepUp(TokenScope.CREDENTIAL_LINK, sheet::present) { passkeys.register() }
        list()
        Notice.ENROLLED
    }

    /** Gives a passkey a name. */
    fun rename(id: PasskeyId, name: String) = act {
        passkeys.rename(id, name)
        list()
        Notice.RENAMED
    }

    /** Removes a passkey from the account; the device may still offer it. */
    fun remove(id: PasskeyId) = act {
        stepUp.withStepUp(TokenScope.CREDENTIAL_UNLINK, sheet::present) { passkeys.delete(id) }
        list()
        Notice.REMOVED
    }

    private suspend fun list() {
        val present = passkeys.list()
        show { it.copy(passkeys = present) }
    }
}
