import StepUpGenerated

/// Device registration: a device that the user has not used before is confirmed by a link in an e-mail. From
/// `StepUpClient.deviceRegistration`.
///
/// Where the environment asks for it, a user who signs in on a new device is sent an e-mail with a link.
/// Until the link is opened on that device and given to `complete`, the session can be refreshed and ended
/// and no more. A new user's first device is registered without that. In environments that do not ask for
/// it, or do not know it yet, nothing is ever required.
public struct DeviceRegistrationClient: Sendable {
    let core: StepUpGenerated.DeviceRegistrationClient

    /// Whether this device must be registered, as far as this client knows: at once, without asking storage
    /// or network. False before `StepUpClient.restore`.
    public func isRequired() -> Bool {
        core.isRequired()
    }

    /// The same with what the user has to do. At once, without asking storage or network.
    public func status() -> DeviceRegistrationStatus {
        core.status()
    }

    /// The present status, and then each change. Nothing is read for it, so before `StepUpClient.restore` the
    /// status is `notRequired`. Whoever is slow may miss what came and went meanwhile, never the latest
    /// status. Ends with `StepUpClient.shutdown`. For one reader; another one asks again.
    ///
    /// - Throws: As `subscribe`.
    public func statuses() throws -> AsyncStream<DeviceRegistrationStatus> {
        try stream { try core.subscribe(listener: StreamWriter($0)) }
    }

    /// Tells a listener the present status, and from then on each change, until the subscription ends: keep
    /// what this answers. Nothing is read for it, so before `StepUpClient.restore` the status is
    /// `notRequired`.
    ///
    /// - Throws: `ClientClosed`; `Internal` if the system refuses a thread.
    public func subscribe(listener: any DeviceRegistrationListener) throws -> Subscription {
        Subscription(core: try core.subscribe(listener: GuardedListener(listener: listener)))
    }

    /// Whether a URL that the app was opened with is a registration link: leads to one of the `appLinks` of
    /// the configuration and holds a token. At once; whether the link is still good only the server knows.
    public func isRegistrationLink(url: String) -> Bool {
        core.isRegistrationLink(url: url)
    }

    /// Registers this device with the link from the e-mail and answers with the session, which is a full
    /// one as far as this duty goes. Elevated tokens stay.
    ///
    /// The link works once. Concurrent calls with the same link share one request; a link that was used, or
    /// refused as used or expired, is not sent again. After a failure of the network it may be tried again.
    ///
    /// - Throws: `InvalidRegistrationLink` with the reason: it is no link, leads elsewhere, was used, is
    ///   too old. The user gets another one by signing in again. `NotSignedIn` if nobody is: a link signs
    ///   nobody in. `IdentityMismatch` if it was sent to another user; nothing is stored then.
    ///   `InvalidConfiguration` if no `appLinks` are configured.
    public func complete(link: String) async throws -> Session {
        try await cancellable { try await core.complete(link: link, cancel: $0) }
    }

    /// The devices on which the user is known: this one first, then the newest. Empty where this device is
    /// not registered itself, as only a registered one is told.
    ///
    /// - Throws: `NotSignedIn` if the session has ended, which is not the same as having no devices.
    public func list() async throws -> [RegisteredDevice] {
        try await cancellable { try await core.list(cancel: $0) }
    }

    /// Takes a device's registration away; its sessions end. Answers whether it was this device: then the
    /// user is signed out here, in memory and storage, before this returns.
    ///
    /// - Throws: `InvalidArgument` for what cannot be an id; `Server` (404) if there is no such device.
    @discardableResult
    public func revoke(id: RegisteredDeviceId) async throws -> Bool {
        try await cancellable { try await core.revoke(id: id, cancel: $0) }
    }

    /// Takes the registrations of all the user's devices away; their sessions end. On success the user is
    /// signed out here too, in memory and storage, before this returns.
    ///
    /// - Throws: `NotSignedIn`, and what the network and the server refuse. The user is still signed in then.
    public func revokeAll() async throws {
        try await cancellable { try await core.revokeAll(cancel: $0) }
    }
}
