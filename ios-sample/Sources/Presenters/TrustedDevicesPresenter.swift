import Observation
import StepUp

/// The devices on which the user may sign in.
@MainActor @Observable
public final class TrustedDevicesPresenter {
    /// What the user is about to take away.
    public enum Removal: Equatable {
        /// One device.
        case one(RegisteredDevice)
        /// All of them, this one too.
        case all

        /// Whether it ends the session here too.
        public var signsOut: Bool {
            switch self {
            case .one(let device): device.isCurrent
            case .all: true
            }
        }
    }

    /// This device first, then the newest.
    public private(set) var devices: [RegisteredDevice] = []
    /// What the user is asked to confirm; none if nothing.
    public private(set) var removal: Removal?
    /// What is under way, and what went wrong.
    public let activity = Activity()

    private let services: Services
    private var client: StepUpClient { services.client }

    /// Shows nothing before `load`.
    public init(_ services: Services) {
        self.services = services
    }

    /// Asks the server which there are.
    public func load() async {
        await activity.run { devices = try await client.deviceRegistration.list() }
    }

    /// The user wants to take something away: asks whether that is meant.
    public func ask(_ removal: Removal) {
        self.removal = removal
    }

    /// Whether the user is asked. Set to false, nothing is taken away.
    public var isAsking: Bool {
        get { removal != nil }
        set { if !newValue { removal = nil } }
    }

    /// It was meant. The question may have gone by then, so what was asked about is given.
    public func confirm(_ removal: Removal) async {
        self.removal = nil
        await activity.run {
            if removal.signsOut {
                try await services.signOut.during { try await revoke(removal) }
            } else {
                try await revoke(removal)
            }
            devices = try await client.auth.session() == nil ? [] : client.deviceRegistration.list()
        }
    }

    private func revoke(_ removal: Removal) async throws {
        switch removal {
        case .one(let device): try await client.deviceRegistration.revoke(id: device.id)
        case .all: try await client.deviceRegistration.revokeAll()
        }
    }
}
