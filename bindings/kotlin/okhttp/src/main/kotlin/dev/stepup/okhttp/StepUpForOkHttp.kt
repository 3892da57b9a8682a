package dev.stepup.okhttp

import dev.stepup.StepUpAuthClient
import dev.stepup.StepUpFlow
import dev.stepup.core.TokenScope
import java.io.IOException
import okhttp3.OkHttpClient
import okhttp3.Request

/**
 * Lets the client's requests carry the session's bearer and the elevated token of the scope that they declare
 * with [stepUpScope]. All other requests stay as they are.
 *
 * Such a request
 *
 * - gets its headers only on hops to one of [hosts], over TLS: a redirect to another host, or to `http`, goes
 *   on without them;
 * - takes its token once per call. A single-use token goes out on one hop of it, once: neither
 *   `retryOnConnectionFailure` nor a redirect sends it again, and it goes over a connection of its own;
 * - has the user step up before it is sent if a token is needed and none is held, and is repeated once if the
 *   server refuses it for want of a step-up (status 403 and a body that says so). A second such answer,
 *   the answer to a body that can be sent only once, and the one after a redirect on which a single-use token
 *   was not sent again are passed on like any other. A token that was refused is not sent again;
 * - has no other `Authorization`: the `authenticator` of the client is not asked;
 * - is not answered from a cache, nor kept in one;
 * - fails with [StepUpIOException] if the step-up does, with another [IOException] if [present] fails by
 *   itself, and with "Canceled" if the call is cancelled, which ends the step-up too unless others take part
 *   in it.
 *
 * The thread of the call waits meanwhile, so `enqueue` is the way to make it on Android, and a `callTimeout`
 * of the client has to leave the user time. Nothing of this holds for web sockets: OkHttp has no network
 * interceptors for these.
 *
 * Interceptors that are added before this one see a call as the app makes it, once. Network interceptors that
 * are added after it see the headers, which are secrets.
 *
 * @param stepUp of the client that the user is signed in with.
 * @param hosts names or addresses, without port, that may receive the tokens, and no others:
 *   `api.example.com` does not stand for what is below it.
 * @param allowInsecureLoopback also sends the tokens over `http` to those of [hosts] that are this machine,
 *   for development against a local server.
 * @param present shows a step-up to the user, as for `withStepUp`; one at a time, however many calls wait for
 *   it. It runs on the thread of the call, which is OkHttp's after `enqueue`: what touches the screen goes
 *   into `withContext(Dispatchers.Main)`. Without it a call that needs a step-up fails with
 *   [StepUpIOException], for the app to step up and make it again.
 * @throws IllegalArgumentException if one of [hosts] is none, or there are none.
 * @throws IllegalStateException if this was done to the builder, or to the client that it came from, before.
 */
public fun OkHttpClient.Builder.stepUp(
    stepUp: StepUpAuthClient,
    hosts: Set<String>,
    allowInsecureLoopback: Boolean = false,
    present: (suspend (StepUpFlow) -> Unit)? = null,
): OkHttpClient.Builder {
    check(interceptors().none { it is StepUpInterceptor }) { "stepUp was called before" }
    val allowed = AllowedHosts(hosts, allowInsecureLoopback)
    addInterceptor(StepUpInterceptor(stepUp, allowed, present))
    return addNetworkInterceptor(HeaderInterceptor(allowed))
}

/**
 * Declares what the request needs: clients that were built with [stepUp] send it with the bearer and with an
 * elevated token of this scope.
 *
 * @param scope what the request needs: one of the constants, or another scope that the server knows.
 */
public fun Request.Builder.stepUpScope(scope: TokenScope): Request.Builder =
    tag(StepUpScope::class, StepUpScope(scope))

/**
 * The tag by which a request declares its scope: for Retrofit, as a parameter `@Tag scope: StepUpScope`. Who
 * builds requests calls [stepUpScope].
 *
 * @property scope what the request needs.
 */
public class StepUpScope(public val scope: TokenScope) {
    override fun toString(): String = "StepUpScope($scope)"
}
