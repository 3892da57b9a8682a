package dev.stepup.support

import dev.stepup.core.DeviceRegistrationListener
import dev.stepup.core.DeviceRegistrationStatus
import java.util.concurrent.ConcurrentLinkedQueue

/** Keeps what it is told. */
internal class TestListener : Callback(), DeviceRegistrationListener {
    val told = ConcurrentLinkedQueue<DeviceRegistrationStatus>()

    override suspend fun statusChanged(status: DeviceRegistrationStatus) {
        begin("statusChanged")
        told.add(status)
    }
}
