import StepUpGenerated

/// A client of one environment: **check, verify, proceed**.
///
/// Usable from any task; one per environment, base URL and storage namespace in a process, and one process
/// per storage. Cancelling the task that awaits a call ends the call at once with `StepUpError.Cancelled`. A
/// request that has left by then counts as sent: the session that its answer brings is stored in the
/// background, an elevated token that it brings is discarded.
///
/// Beside the errors that a call names, each can throw `ClientClosed`, `Cancelled`, `Network`, `RateLimited`,
/// `Server` and `UnexpectedAnswer`.
public final class StepUpClient: Sendable {
    /// Signing in and out, and the user's account.
    public let auth: AuthClient
    /// Step-up authentication.
    public let stepUp: StepUpAuthClient
    /// Device registration.
    public let deviceRegistration: DeviceRegistrationClient
    /// The user's factors.
    public let mfa: MfaClient
    /// The user's passkeys.
    public let passkeys: PasskeysClient

    private let core: StepUpGenerated.StepUpClient

    /// Makes a client. Starts no thread, opens no connection, reads no storage.
    ///
    /// - Throws: `InvalidConfiguration` with the name of the field; `AlreadyOpen`.
    public init(config: ClientConfig, platform: Platform) throws {
        core = try StepUpGenerated.StepUpClient(config: config.core, platform: platform.guarded())
        auth = AuthClient(core: core.auth())
        stepUp = StepUpAuthClient(core: core.stepUp())
        deviceRegistration = DeviceRegistrationClient(core: core.deviceRegistration())
        mfa = MfaClient(core: core.mfa())
        passkeys = PasskeysClient(core: core.passkeys())
    }

    /// Reads the storage, so that `hasElevatedAccessToken`, `elevation` and `session` know the last session.
    /// Every other asynchronous call does this by itself. Calling it again does nothing.
    ///
    /// - Throws: `StorageFailed`: not readable now, written by a newer version, or not ours; in the last case
    ///   the user counts as signed out, this is told once, and the next sign-in overwrites it.
    public func restore() async throws {
        try await cancellable { try await self.core.restore(cancel: $0) }
    }

    /// Tells the client whether the app is in the foreground: `true` whenever it comes there, `false` when it
    /// leaves. Nothing waits for it.
    ///
    /// While the app is there, the session is renewed five to six minutes before it ends, a short one after
    /// about three quarters of its life, and ended when it has run out. A renewal that fails is tried again
    /// at growing intervals. In the background there is none. Each time the app comes back, what has run out
    /// meanwhile is told to listeners, and settings of the environment that are older than five minutes are
    /// read again if they were needed before.
    ///
    /// Before the first call that needs the session nothing is begun and nothing is read for it.
    public func setForeground(_ isForeground: Bool) {
        core.setForeground(isForeground: isForeground)
    }

    /// Ends every call, lets go of the callbacks, and allows another client with this identity. Nothing is
    /// deleted; the session can be restored. A visit to an OAuth provider and a code that a flow waits for
    /// are left to the next client. Later calls fail with `ClientClosed`; calling this again does nothing.
    public func shutdown() {
        core.shutdown()
    }
}
