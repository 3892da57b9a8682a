package dev.stepup.okhttp

import dev.stepup.StepUpAuthClient
import dev.stepup.core.HttpHeader
import dev.stepup.core.TokenScope
import java.util.concurrent.atomic.AtomicBoolean

/** What one sending of a request may carry: the bearer, and the elevated token unless none is needed. */
internal class CallCredentials(private val headers: List<HttpHeader>, mayBeReused: Boolean) {
    val hasToken = headers.any { !it.isBearer }
    val isSingleUse = hasToken && !mayBeReused
    private val isSpent = AtomicBoolean(false)

    /** The headers of the next hop. A single-use token is in those of the first only. */
    fun ofNextHop(): List<HttpHeader> =
        if (isSingleUse && isSpent.getAndSet(true)) headers.filter { it.isBearer } else headers

    private val HttpHeader.isBearer get() = name.equals("Authorization", ignoreCase = true)

    /** Where the interceptors of one call find what it may carry now. A request's tag would outlive it. */
    class Holder {
        @Volatile
        var credentials: CallCredentials? = null
    }
}

/** Takes what a request of this scope may carry. */
internal suspend fun StepUpAuthClient.takeCredentials(scope: TokenScope): CallCredentials {
    val before = elevation(scope)
    val headers = authorizationHeaders(scope)
    // Reusable ones are taken first: what was held before and after was held meanwhile. If in doubt, one use.
    val mayBeReused = before != null && !before.singleUse && before == elevation(scope)
    return CallCredentials(headers, mayBeReused)
}
