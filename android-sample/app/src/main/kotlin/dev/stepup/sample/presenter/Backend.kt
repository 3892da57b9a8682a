package dev.stepup.sample.presenter

import dev.stepup.core.TokenScope
import dev.stepup.okhttp.stepUpScope
import java.io.IOException
import kotlin.coroutines.resumeWithException
import kotlinx.coroutines.suspendCancellableCoroutine
import okhttp3.Call
import okhttp3.Callback
import okhttp3.HttpUrl
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody
import okhttp3.Response

/**
 * The app's own backend, which exports the key. The sandbox plays it at `/sandbox/protected`.
 *
 * @param http sends the session and the elevated token along, and has the user step up where that is wanted.
 */
class Backend(private val http: OkHttpClient, private val url: HttpUrl) {
    /**
     * Asks for the key: the status of the answer.
     *
     * @throws IOException without an answer, or if the step-up fails (`StepUpIOException`).
     */
    suspend fun exportKey(): Int {
        val body = """{"scope": "${TokenScope.WALLET_EXPORT}"}""".toRequestBody(JSON)
        val request = Request.Builder().url(url).post(body).stepUpScope(TokenScope.WALLET_EXPORT).build()
        return http.newCall(request).await().use { it.code }
    }

    private companion object {
        val JSON = "application/json".toMediaType()
    }
}

/** The answer to a call, which is cancelled with the coroutine. */
internal suspend fun Call.await(): Response = suspendCancellableCoroutine { waiting ->
    waiting.invokeOnCancellation { cancel() }
    enqueue(object : Callback {
        override fun onResponse(call: Call, response: Response) =
            waiting.resume(response) { _, unread, _ -> unread.close() }

        override fun onFailure(call: Call, e: IOException) = waiting.resumeWithException(e)
    })
}
