package dev.stepup.okhttp

import dev.stepup.StepUpFlow
import dev.stepup.core.StepUpFlowState
import dev.stepup.core.TokenScope
import dev.stepup.support.EMAIL
import dev.stepup.support.SandboxTest
import dev.stepup.support.Screen
import dev.stepup.support.World
import java.io.IOException
import java.util.concurrent.ConcurrentLinkedQueue
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import okhttp3.Call
import okhttp3.Callback
import okhttp3.HttpUrl
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody
import okhttp3.RequestBody.Companion.toRequestBody
import okhttp3.Response
import org.junit.jupiter.api.Assertions.assertEquals

internal val EXPORT = TokenScope.WALLET_EXPORT

/** Tokens serve until they run out. */
internal const val TIME_BOUND = """{"actions": [
    {"action": "wallet.waas.export", "required": true, "tokenBehavior": "time_bound"}
]}"""

/** A world with the app's backends and its HTTP client. */
internal class HttpWorld(val world: World, val backend: Backend) {
    /** The flows that were shown. */
    val presented = ConcurrentLinkedQueue<StepUpFlow>()

    /** Shows a flow to a user who types the code that was mailed. */
    val typeCode: suspend (StepUpFlow) -> Unit = { flow ->
        presented += flow
        Screen(flow).use { screen ->
            screen.await<StepUpFlowState.AwaitingCode>()
            flow.submit(world.sandbox.code(EMAIL))
            awaitCancellation()
        }
    }

    fun http(
        hosts: Set<String> = setOf(API, FILES),
        present: (suspend (StepUpFlow) -> Unit)? = null,
        further: OkHttpClient.Builder.() -> Unit = {},
    ): OkHttpClient =
        backend.clientBuilder().apply(further).stepUp(world.stepUp, hosts, present = present).build()

    fun OkHttpClient.call(
        url: HttpUrl = backend.url(EXPORT),
        scope: TokenScope? = EXPORT,
        body: RequestBody? = "{}".toRequestBody(),
    ): Call {
        val request = Request.Builder().url(url)
        if (body != null) request.post(body)
        if (scope != null) request.stepUpScope(scope)
        return newCall(request.build())
    }

    /** Which hosts were sent what: `bearer`, `token`. */
    fun assertHops(vararg expected: Pair<String, String>) {
        val seen = backend.hops.map { hop ->
            val carried = listOfNotNull(hop.bearer?.let { "bearer" }, hop.token?.let { "token" })
            hop.url.host to carried.joinToString()
        }
        assertEquals(expected.asList(), seen)
    }
}

internal abstract class OkHttpTest : SandboxTest() {
    protected fun inHttpWorld(policy: String = "{}", test: suspend HttpWorld.(World) -> Unit) =
        inWorld(policy) {
            Backend(sandbox).use { HttpWorld(this, it).test(this) }
        }
}

/** The status of the answer, which is closed. */
internal fun Call.status(): Int = execute().use { it.code }

/** Makes the call as apps do: on OkHttp's own thread. */
internal fun Call.begin(): CompletableDeferred<Int> {
    val outcome = CompletableDeferred<Int>()
    enqueue(object : Callback {
        override fun onResponse(call: Call, response: Response) = response.use {
            outcome.complete(it.code)
            Unit
        }

        override fun onFailure(call: Call, e: IOException) {
            outcome.completeExceptionally(e)
        }
    })
    return outcome
}
