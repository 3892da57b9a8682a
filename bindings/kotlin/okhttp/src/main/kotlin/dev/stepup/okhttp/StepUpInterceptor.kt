package dev.stepup.okhttp

import dev.stepup.StepUpAuthClient
import dev.stepup.StepUpFlow
import dev.stepup.core.StepUpException
import dev.stepup.core.TokenScope
import dev.stepup.isFinal
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import okhttp3.Authenticator
import okhttp3.ConnectionPool
import okhttp3.Interceptor
import okhttp3.Interceptor.Chain
import okhttp3.Request
import okhttp3.RequestBody
import okhttp3.Response

/** Takes the token of a call, and has the user step up if there is none or the server refuses it. */
internal class StepUpInterceptor(
    private val stepUp: StepUpAuthClient,
    private val hosts: AllowedHosts,
    private val present: (suspend (StepUpFlow) -> Unit)?,
) : Interceptor {
    private val screen = Mutex()

    override fun intercept(chain: Chain): Response {
        val request = chain.request()
        val scope = request.tag(StepUpScope::class)?.scope
        if (scope == null || !hosts.allow(request.url) || request.isForWebSocket) {
            return chain.proceed(request)
        }

        val taken = chain.take(scope, refusal = null)
        val response = chain.send(taken.credentials)
        val refusal = chain.refusal(scope, taken.credentials, response) ?: return response
        if (present == null) {
            response.close()
            throw StepUpIOException(refusal)
        }
        val isFinal = taken.isAfterStepUp || taken.credentials.areSpentOnAnotherHop(response)
        if (isFinal || !request.body.isRepeatable) return response
        response.close()
        val repeated = chain.take(scope, refusal).credentials
        // A second refusal comes back as it is; its token is dropped too.
        return chain.send(repeated).also { chain.refusal(scope, repeated, it) }
    }

    private fun Chain.refusal(scope: TokenScope, sent: CallCredentials, answer: Response) =
        // Another host, to which it was redirected, cannot ask for what is not its own.
        if (hosts.allow(answer.request.url)) stepUp.refusal(call(), scope, sent, answer) else null

    private class Taken(val credentials: CallCredentials, val isAfterStepUp: Boolean)

    /**
     * Takes what the call may carry, after a step-up if that takes one.
     *
     * @param refusal of the server, if it has answered: then a step-up comes first.
     */
    private fun Chain.take(scope: TokenScope, refusal: StepUpException.StepUpRequired?) = call().await {
        val show = present ?: return@await Taken(credentials(scope), isAfterStepUp = false)
        var runs = 0
        val credentials = stepUp.withStepUp(scope, { flow -> showAlone(flow, show) }) {
            runs++
            if (runs == 1 && refusal != null) throw refusal
            credentials(scope)
        }
        Taken(credentials, isAfterStepUp = runs > 1)
    }

    private suspend fun credentials(scope: TokenScope) = CallCredentials(stepUp.authorizationHeaders(scope))

    /** Calls that join one flow show it once. If the call that does is cancelled, the next one shows it. */
    private suspend fun showAlone(flow: StepUpFlow, show: suspend (StepUpFlow) -> Unit) {
        screen.withLock {
            // The call that has shown it so far may be told of its end before this one.
            if (!flow.state().isFinal) show(flow)
            // Until the end of the flow, even if the app's code returns before.
            awaitCancellation()
        }
    }

    private fun Chain.send(credentials: CallCredentials): Response {
        val holder = call().tag(CallCredentials.Holder::class) { CallCredentials.Holder() }
        val chain = suitableFor(credentials)
        holder.credentials = credentials
        try {
            return chain.proceed(request())
        } finally {
            holder.credentials = null
        }
    }
}

/** How requests with credentials are sent; those that are good once only once, and so that this succeeds. */
private fun Chain.suitableFor(credentials: CallCredentials): Chain {
    // What one may see after a step-up is not for a cache that outlives the session, and the bearer is the
    // session's: there is nothing that the app could authenticate with instead.
    val guarded = withCache(null).withAuthenticator(Authenticator.NONE)
    if (!credentials.areSingleUse) return guarded
    // A connection that has been idle may be dead, which is found out by sending.
    val noIdleOnes = ConnectionPool(maxIdleConnections = 0, keepAliveDuration = 1, TimeUnit.NANOSECONDS)
    return guarded.withRetryOnConnectionFailure(false).withConnectionPool(noIdleOnes)
}

/** Whether it was an earlier hop of OkHttp's that had the token: a repeat would end in the same way. */
private fun CallCredentials.areSpentOnAnotherHop(refusal: Response) =
    areSingleUse && refusal.priorResponse != null

/** No network interceptor would attach what is taken for it. */
private val Request.isForWebSocket get() = "websocket".equals(header("Upgrade"), ignoreCase = true)

private val RequestBody?.isRepeatable get() = this == null || (!isOneShot() && !isDuplex())
