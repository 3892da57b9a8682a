package dev.stepup.sample.presenter

import dev.stepup.StepUpClient
import dev.stepup.core.DeviceRegistrationStatus
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch

/** This device is new to the user's account: a link in an e-mail, opened here, confirms it. */
class DeviceConfirmationPresenter(
    client: StepUpClient,
    private val endSession: suspend () -> Unit,
    scope: CoroutineScope,
) : Presenter<DeviceRegistrationStatus>(DeviceRegistrationStatus.NotRequired, scope) {
    private val registration = client.deviceRegistration

    init {
        scope.launch { registration.statuses.collect { status -> show { status } } }
    }

    /** Whether it has to be confirmed shows by itself. */
    override fun reset() = stop()

    /** Whether this is the link of such an e-mail. */
    fun isMine(url: String): Boolean = registration.isRegistrationLink(url)

    /** The app was opened by a link: it is a link and not a code, nobody types it. */
    fun open(url: String) = act {
        registration.complete(url)
        Notice.DEVICE_CONFIRMED
    }

    /** The user signs out, to sign in again: that sends another e-mail. */
    fun signOut() = act {
        endSession()
        null
    }
}
