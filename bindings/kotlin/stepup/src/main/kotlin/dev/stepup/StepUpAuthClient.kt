package dev.stepup

import dev.stepup.core.CancelToken
import dev.stepup.core.CoreStepUpAuthClientInterface
import dev.stepup.core.CoreStepUpFlow
import dev.stepup.core.CredentialId
import dev.stepup.core.Elevation
import dev.stepup.core.ElevationListener
import dev.stepup.core.StepUpException
import dev.stepup.core.StepUpFilter
import dev.stepup.core.StepUpState
import dev.stepup.core.StepUpStateListener
import dev.stepup.core.Subscription
import dev.stepup.core.TokenScope
import kotlinx.coroutines.flow.StateFlow

/** Step-ups: checks, verifications, flows, elevated access tokens. From [StepUpClient.stepUp]. */
public class StepUpAuthClient internal constructor(
    private val core: CoreStepUpAuthClientInterface,
    private val observation: Observation,
) : CoreStepUpAuthClientInterface by core {
    /**
     * How step-ups are going: whether one is under way, what went wrong last, the code that is awaited. A
     * change shows a moment after the call that made it has returned. After [StepUpClient.close] the last
     * value stays.
     *
     * @throws StepUpException.ClientClosed if it is looked at for the first time after that.
     */
    public val states: StateFlow<StepUpState> by lazy {
        observation.stateFlow(core.state()) { tell ->
            core.subscribe(object : StepUpStateListener {
                override suspend fun stateChanged(state: StepUpState) = tell(state)
            })
        }
    }

    /**
     * Every elevation that is held and not over, in the order of its scopes; as [states]. One that runs out
     * leaves when it does. Before the storage was read ([StepUpClient.restore]) there is none.
     */
    public val heldElevations: StateFlow<List<Elevation>> by lazy {
        observation.stateFlow(core.elevations()) { tell ->
            core.subscribeElevations(object : ElevationListener {
                override suspend fun elevationsChanged(elevations: List<Elevation>) = tell(elevations)
            })
        }
    }

    /**
     * Begins a step-up flow, which a screen shows by its [states][StepUpFlow.states]. Answers at once; the
     * flow is in `Checking` and asks the server.
     *
     * Who starts a flow with the same scopes and the same filter while one has not ended gets that one: so a
     * screen finds it again after a rotation, and many callers share one check. [StepUpFlow.cancel] ends it
     * for all of them, [StepUpFlow.leave] when all have left.
     *
     * @param scopes what is asked for, at least one. One proof serves all of them; only those that no token
     *   is held for are asked for.
     * @param filter which methods to offer; all by default.
     * @param preferredCredentialId the credential to offer first; by default the server's choice.
     * @param autoSelect go straight to the method if only one can be used; recovery codes do not count.
     * @throws StepUpException.InvalidArgument for what cannot be a scope, or none.
     * @throws StepUpException.ClientClosed after [StepUpClient.close]. All else is a state.
     */
    public fun start(
        scopes: List<TokenScope>,
        filter: StepUpFilter? = null,
        preferredCredentialId: CredentialId? = null,
        autoSelect: Boolean = true,
    ): StepUpFlow {
        val flow = core.coreStart(scopes, filter, preferredCredentialId, autoSelect)
        return StepUpFlow(flow, observation.guard)
    }

    /**
     * The flow to show when the app comes back: the latest that has not ended; else the one that an earlier
     * process left while the user was to type a code that had been sent, or was with a provider in the
     * browser; else none. Call it before [AuthClient.handleRedirect], which then ends the flow.
     *
     * A flow is found for ten minutes after the code was sent or the browser opened, and only in the session
     * in which it was begun. Who asks again gets the same flow.
     *
     * @param cancel ends the call from outside, as cancelling the coroutine does.
     * @throws StepUpException.StorageFailed if the storage could not be read.
     */
    public suspend fun pendingFlow(cancel: CancelToken? = null): StepUpFlow? =
        core.corePendingFlow(cancel)?.let { StepUpFlow(it, observation.guard) }

    /**
     * Runs an operation. If it is refused for want of this step-up, a flow is started and the operation is
     * run once more when the flow has been granted. What was not refused in this way never runs twice.
     *
     * Cancelling the coroutine cancels the flow, unless others have joined it by starting one for the same
     * scope.
     *
     * @param scope what the operation needs.
     * @param present shows the flow; called only if the flow needs the user, and cancelled when the flow has
     *   ended. It may return before that. If it fails before that, so does this, and the flow is left as by
     *   cancelling; what it throws afterwards is dropped.
     * @param operation what is to be done, for example a call to the app's backend with the headers of
     *   [authorizationHeaders].
     * @return what the operation has answered.
     * @throws StepUpException.Cancelled if the flow was cancelled, or [present] was by other than this: by a
     *   time limit of its own, with a screen that is gone.
     * @throws StepUpException what the flow has failed with; what else the operation fails with is passed on.
     */
    public suspend fun <T> withStepUp(
        scope: TokenScope,
        present: suspend (StepUpFlow) -> Unit,
        operation: suspend () -> T,
    ): T {
        try {
            return operation()
        } catch (refused: StepUpException.StepUpRequired) {
            if (refused.scope != scope) throw refused
        }
        start(listOf(scope)).runToGrant(present)
        return operation()
    }

    override fun subscribe(listener: StepUpStateListener): Subscription =
        core.subscribe(SafeStepUpStateListener(listener, observation.guard))

    override fun subscribeElevations(listener: ElevationListener): Subscription =
        core.subscribeElevations(SafeElevationListener(listener, observation.guard))

    @Deprecated("start", level = DeprecationLevel.HIDDEN)
    override fun coreStart(
        scopes: List<TokenScope>,
        filter: StepUpFilter?,
        preferredCredentialId: CredentialId?,
        autoSelect: Boolean,
    ): CoreStepUpFlow = core.coreStart(scopes, filter, preferredCredentialId, autoSelect)

    @Deprecated("pendingFlow", level = DeprecationLevel.HIDDEN)
    override suspend fun corePendingFlow(cancel: CancelToken?): CoreStepUpFlow? = core.corePendingFlow(cancel)
}
