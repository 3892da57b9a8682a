package dev.stepup.sample.presenter

import dev.stepup.StepUpClient
import dev.stepup.core.RegisteredDevice
import dev.stepup.core.StepUpException
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

/**
 * Lists the trusted devices and revokes them, after asking.
 *
 * @param signingOut is told that the user is about to end their own session, or that they have not.
 */
class TrustedDevicesPresenter(
    client: StepUpClient,
    private val signingOut: (Boolean) -> Unit,
    scope: CoroutineScope,
) : Presenter<TrustedDevicesState>(TrustedDevicesState(), scope) {
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
            signingOut(question.isOfThisDevice)
            try {
                if (!isSignedOutBy(question)) list()
            } catch (failed: StepUpException) {
                signingOut(false)
                throw failed
            }
            Notice.DEVICE_REVOKED
        }
    }

    private suspend fun isSignedOutBy(question: RevocationQuestion): Boolean = when (question) {
        is RevocationQuestion.One -> registration.revoke(question.device.id)
        is RevocationQuestion.All -> {
            registration.revokeAll()
            true
        }
    }

    private val RevocationQuestion.isOfThisDevice: Boolean
        get() = this !is RevocationQuestion.One || device.isCurrent

    private suspend fun list() {
        val devices = registration.list()
        show { it.copy(devices = devices) }
    }
}
