import StepUp

/// Keeps what it is told.
actor TestListener: DeviceRegistrationListener {
    private(set) var statuses: [DeviceRegistrationStatus] = []
    private var behaviour = Behaviour.works

    func set(_ behaviour: Behaviour) {
        self.behaviour = behaviour
    }

    func statusChanged(status: DeviceRegistrationStatus) async throws {
        statuses.append(status)
        try await behaviour.pass()
    }
}

/// Keeps what it is told.
actor TestSessionListener: SessionListener {
    private(set) var sessions: [Session?] = []
    private var behaviour = Behaviour.works

    func set(_ behaviour: Behaviour) {
        self.behaviour = behaviour
    }

    func sessionChanged(session: Session?) async throws {
        sessions.append(session)
        try await behaviour.pass()
    }
}

/// Keeps what it is told.
actor TestElevationListener: ElevationListener {
    private(set) var told: [[Elevation]] = []
    private var behaviour = Behaviour.works

    func set(_ behaviour: Behaviour) {
        self.behaviour = behaviour
    }

    func elevationsChanged(elevations: [Elevation]) async throws {
        told.append(elevations)
        try await behaviour.pass()
    }
}

/// Keeps what it is told.
actor TestStepUpStateListener: StepUpStateListener {
    private(set) var states: [StepUpState] = []
    private var behaviour = Behaviour.works

    func set(_ behaviour: Behaviour) {
        self.behaviour = behaviour
    }

    func stateChanged(state: StepUpState) async throws {
        states.append(state)
        try await behaviour.pass()
    }
}

/// Keeps what it is told.
actor TestFlowListener: StepUpFlowListener {
    private(set) var states: [StepUpFlowState] = []
    private var behaviour = Behaviour.works

    func set(_ behaviour: Behaviour) {
        self.behaviour = behaviour
    }

    func stateChanged(state: StepUpFlowState) async throws {
        states.append(state)
        try await behaviour.pass()
    }
}
