package dev.stepup

import dev.stepup.core.CoreDeviceRegistrationClientInterface
import dev.stepup.core.DeviceRegistrationListener
import dev.stepup.core.DeviceRegistrationStatus
import dev.stepup.core.Subscription
import kotlinx.coroutines.flow.StateFlow

/** The registration of devices. From [StepUpClient.deviceRegistration]. */
public class DeviceRegistrationClient internal constructor(
    private val core: CoreDeviceRegistrationClientInterface,
    private val observation: Observation,
) : CoreDeviceRegistrationClientInterface by core {
    /**
     * Whether this device must be registered, and what the user has to do for it; as
     * [StepUpAuthClient.states]. Before the storage was read ([StepUpClient.restore]) it need not be.
     */
    public val statuses: StateFlow<DeviceRegistrationStatus> by lazy {
        observation.stateFlow(core.status()) { tell ->
            core.subscribe(object : DeviceRegistrationListener {
                override suspend fun statusChanged(status: DeviceRegistrationStatus) = tell(status)
            })
        }
    }

    override fun subscribe(listener: DeviceRegistrationListener): Subscription =
        core.subscribe(SafeDeviceRegistrationListener(listener, observation.guard))
}
