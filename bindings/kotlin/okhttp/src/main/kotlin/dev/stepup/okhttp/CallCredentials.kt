package dev.stepup.okhttp

import dev.stepup.core.HttpHeader
import java.util.concurrent.atomic.AtomicBoolean

/** What one sending of a request may carry: the bearer, and the elevated token unless none is needed. */
internal class CallCredentials(val headers: List<HttpHeader>) {
    val areSingleUse = headers.any { it.singleUse }
    private val isSpent = AtomicBoolean(false)

    /** The headers of the next hop. A single-use token is in those of the first only. */
    fun ofNextHop(): List<HttpHeader> =
        if (areSingleUse && isSpent.getAndSet(true)) headers.filterNot { it.singleUse } else headers

    /** Where the interceptors of one call find what it may carry now. A request's tag would outlive it. */
    class Holder {
        @Volatile
        var credentials: CallCredentials? = null
    }
}
