package dev.stepup

import dev.stepup.core.CoreAuthClientInterface
import dev.stepup.core.OnboardingDuty
import dev.stepup.core.Session
import dev.stepup.core.SessionListener
import dev.stepup.core.Subscription
import kotlinx.coroutines.flow.StateFlow

/** Signing in and out, the session and its duties, the user's credentials. From [StepUpClient.auth]. */
public class AuthClient internal constructor(
    private val core: CoreAuthClientInterface,
    private val observation: Observation,
) : CoreAuthClientInterface by core {
    /**
     * Who is signed in, until when; none if nobody is, and before the storage was read
     * ([StepUpClient.restore]). A change shows a moment after the call that made it has returned, an end by
     * time alone when it comes. After [StepUpClient.close] the last value stays.
     */
    public val sessions: StateFlow<Session?> = observation.stateFlow<Session?>(null) { tell ->
        core.subscribe(object : SessionListener {
            override suspend fun sessionChanged(session: Session?) = tell(session)
        })
    }

    /** What the user who is signed in has still to do; as [sessions]. */
    public val duties: StateFlow<List<OnboardingDuty>> by lazy {
        observation.stateFlow(sessions.value?.duties.orEmpty()) { tell ->
            core.subscribe(object : SessionListener {
                override suspend fun sessionChanged(session: Session?) = tell(session?.duties.orEmpty())
            })
        }
    }

    override fun subscribe(listener: SessionListener): Subscription =
        core.subscribe(SafeSessionListener(listener, observation.guard))
}
