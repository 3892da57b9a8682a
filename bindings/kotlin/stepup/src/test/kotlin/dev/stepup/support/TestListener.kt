package dev.stepup.support

import dev.stepup.core.DeviceRegistrationListener
import dev.stepup.core.DeviceRegistrationStatus
import dev.stepup.core.Elevation
import dev.stepup.core.ElevationListener
import dev.stepup.core.Session
import dev.stepup.core.SessionListener
import dev.stepup.core.StepUpFlowListener
import dev.stepup.core.StepUpFlowState
import dev.stepup.core.StepUpState
import dev.stepup.core.StepUpStateListener
import java.util.Optional
import java.util.concurrent.ConcurrentLinkedQueue

/** Keeps what it is told. */
internal abstract class Told<T : Any>(private val call: String) : Callback() {
    val told = ConcurrentLinkedQueue<T>()

    protected suspend fun keep(value: T) {
        begin(call)
        told.add(value)
    }
}

internal class TestListener : Told<DeviceRegistrationStatus>("statusChanged"), DeviceRegistrationListener {
    override suspend fun statusChanged(status: DeviceRegistrationStatus) = keep(status)
}

internal class TestSessionListener : Told<Optional<Session>>("sessionChanged"), SessionListener {
    override suspend fun sessionChanged(session: Session?) = keep(Optional.ofNullable(session))
}

internal class TestElevationListener : Told<List<Elevation>>("elevationsChanged"), ElevationListener {
    override suspend fun elevationsChanged(elevations: List<Elevation>) = keep(elevations)
}

internal class TestStepUpStateListener : Told<StepUpState>("stateChanged"), StepUpStateListener {
    override suspend fun stateChanged(state: StepUpState) = keep(state)
}

internal class TestStepUpFlowListener : Told<StepUpFlowState>("stateChanged"), StepUpFlowListener {
    override suspend fun stateChanged(state: StepUpFlowState) = keep(state)
}
