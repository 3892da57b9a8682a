package dev.stepup.sample.presenter

import dev.stepup.StepUpClient
import dev.stepup.core.RegisteredDevice
import kotlinx.coroutines.CoroutineScope

/**
 * The devices that the user has confirmed.
 *
 * @property devices all of them, this one marked; null before they are known.
 * @property question what the user has to confirm before it is done.
 */
data class TrustedDevicesState(
    val devices: List<RegisteredDevice>? = null,
    val question: RevocationQuestion? = null,
)

/** Whose access is to end. */
sealed interface RevocationQuestion {
    /** That of one device; if it is this one, the user is signed out. */
    data class One(val device: RegisteredDevice) : RevocationQuestion

    /** That of every device, this one too. */
    data object All : RevocationQuestion
}

/** Lists the trusted devices and revokes them, after asking. */
class TrustedDevicesPresenter(client: StepUpClient, scope: CoroutineScope) :
    Presenter<TrustedDevicesState>(TrustedDevicesState(), scope) {
    private val registration = client.deviceRegistration

    /** Looks what there is. */
    fun load() = act {
        list()
        null
    }

    /** The user wants to end the access of one device. */
    fun askToRevoke(device: RegisteredDevice) = show { it.copy(question = RevocationQuestion.One(device)) }

    /** The user wants to end the access of all. */
    fun askToRevokeAll() = show { it.copy(question = RevocationQuestion.All) }

    /** The user does not. */
    fun keep() = show { it.copy(question = null) }

    /** The user is sure. */
    fun revoke() {
        val question = state.value.question ?: return
        show { it.copy(question = null) }
        act {
            val isSignedOut = when (question) {
                is RevocationQuestion.One -> registration.revoke(question.device.id)
                is RevocationQuestion.All -> {
                    registration.revokeAll()
                    true
                }
            }
            if (!isSignedOut) list()
            Notice.DEVICE_REVOKED
        }
    }

    private suspend fun list() {
        val devices = registration.list()
        show { it.copy(devices = devices) }
    }
}
