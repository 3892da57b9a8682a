package dev.stepup.support

import dev.stepup.core.DeviceRegistrationListener
import dev.stepup.core.DeviceRegistrationStatus
import dev.stepup.core.Elevation
import dev.stepup.core.ElevationListener
import dev.stepup.core.Session
import dev.stepup.core.SessionListener
import dev.stepup.core.StepUpState
import dev.stepup.core.StepUpStateListener
import java.util.Optional
import java.util.concurrent.ConcurrentLinkedQueue

/** Keeps what it is told. */
internal class TestListener : Callback(), DeviceRegistrationListener {
    val told = ConcurrentLinkedQueue<DeviceRegistrationStatus>()

    override suspend fun statusChanged(status: DeviceRegistrationStatus) {
        begin("statusChanged")
        told.add(status)
    }
}

/** Keeps what it is told. */
internal class TestSessionListener : Callback(), SessionListener {
    val told = ConcurrentLinkedQueue<Optional<Session>>()

    override suspend fun sessionChanged(session: Session?) {
        begin("sessionChanged")
        told.add(Optional.ofNullable(session))
    }
}

/** Keeps what it is told. */
internal class TestElevationListener : Callback(), ElevationListener {
    val told = ConcurrentLinkedQueue<List<Elevation>>()

    override suspend fun elevationsChanged(elevations: List<Elevation>) {
        begin("elevationsChanged")
        told.add(elevations)
    }
}

/** Keeps what it is told. */
internal class TestStepUpStateListener : Callback(), StepUpStateListener {
    val told = ConcurrentLinkedQueue<StepUpState>()

    override suspend fun stateChanged(state: StepUpState) {
        begin("stateChanged")
        told.add(state)
    }
}
