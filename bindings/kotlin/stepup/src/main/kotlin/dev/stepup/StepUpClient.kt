package dev.stepup

import dev.stepup.core.CancelToken
import dev.stepup.core.ClientConfig
import dev.stepup.core.CoreStepUpClient
import dev.stepup.core.Platform
import dev.stepup.core.StepUpException

/**
 * A client of one environment: make one, keep it, [close] it at the end. Usable from any thread and any
 * dispatcher; one per environment, base URL and storage namespace in a process, and one process per storage.
 *
 * Making one starts no thread, opens no connection and reads no storage. The app's callbacks are guarded:
 * whatever one of them throws, and that it hangs, becomes an answer (see [CallbackDispatchers]).
 *
 * @param config the environment, and what differs from the defaults.
 * @param platform the app's callbacks: storage and keys, and those of the ways to verify that it offers.
 * @param dispatchers where the callbacks run.
 * @throws StepUpException.InvalidConfiguration with the name of the field.
 * @throws StepUpException.AlreadyOpen if another client has not been closed.
 */
public class StepUpClient(
    config: ClientConfig,
    platform: Platform,
    dispatchers: CallbackDispatchers = CallbackDispatchers(),
) : AutoCloseable {
    private val core =
        CoreStepUpClient(config.withoutNegativeDurations(), platform.guarded(config.deadlines, dispatchers))

    private val observation = Observation(listenerGuard(config.deadlines, dispatchers))

    // Made at the first look at one of them, and all at once: none changes a session that is not observed.
    private val parts by lazy { Parts(core, observation) }

    /** Signing in and out, the session and its duties, the user's credentials. */
    public val auth: AuthClient get() = parts.auth

    /** Step-ups: checks, verifications, flows, elevated access tokens. */
    public val stepUp: StepUpAuthClient get() = parts.stepUp

    /** The user's factors, passkeys among them. */
    public val mfa: MfaClient get() = parts.mfa

    /** The registration of devices. */
    public val deviceRegistration: DeviceRegistrationClient get() = parts.deviceRegistration

    /**
     * Reads the storage, so that what answers at once knows the last session: the state flows,
     * `hasElevatedAccessToken`, `elevation`. Every other suspending call does this by itself. Calling it
     * again does nothing.
     *
     * @param cancel ends the call from outside, as cancelling the coroutine does.
     * @throws StepUpException.StorageFailed if it is not readable now, was written by a newer version, or is
     *   not ours; in the last case the user counts as signed out, this is told once, and the next sign-in
     *   overwrites it.
     */
    public suspend fun restore(cancel: CancelToken? = null) {
        // What the storage holds shows in the state flows.
        parts
        core.restore(cancel)
    }

    /**
     * Tells the client whether the app is in the foreground: call it whenever that changes. Nothing waits
     * for it.
     *
     * While the app is there, the session is renewed before it ends, and ended when it has run out. In the
     * background there is no renewal. Each time the app comes back, what has run out meanwhile is told.
     *
     * @param isForeground whether the app can be seen.
     */
    public fun setForeground(isForeground: Boolean): Unit = core.setForeground(isForeground)

    /**
     * Ends every call and every observation, lets go of the callbacks, and allows another client of this
     * environment. Nothing is deleted: the next client restores the session. A visit to an OAuth provider
     * and a code that a flow waits for are left to it too.
     *
     * Later calls fail with [StepUpException.ClientClosed]; calling this again does nothing. The memory goes
     * with the garbage.
     */
    override fun close() {
        core.shutdown()
        observation.close()
    }

    private class Parts(core: CoreStepUpClient, observation: Observation) {
        val auth = AuthClient(core.auth(), observation)
        val stepUp = StepUpAuthClient(core.stepUp(), observation)
        val mfa = MfaClient(core.mfa(), core.passkeys())
        val deviceRegistration = DeviceRegistrationClient(core.deviceRegistration(), observation)
    }
}
