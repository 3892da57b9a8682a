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
