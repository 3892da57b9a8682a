package dev.stepup.okhttp.snippets

import dev.stepup.StepUpAuthClient
import dev.stepup.StepUpFlow
import dev.stepup.core.TokenScope
import dev.stepup.kind
import dev.stepup.okhttp.StepUpIOException
import dev.stepup.okhttp.stepUp
import dev.stepup.okhttp.stepUpScope
import java.io.IOException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import okhttp3.Call
import okhttp3.Callback
import okhttp3.HttpUrl
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody
import okhttp3.Response

// What bindings/kotlin/okhttp/README.md shows.

fun httpClient(
    app: OkHttpClient,
    stepUp: StepUpAuthClient,
    main: CoroutineDispatcher = Dispatchers.Main,
    show: suspend (StepUpFlow) -> Unit,
): OkHttpClient = app.newBuilder()
    .stepUp(stepUp, hosts = setOf("api.example.com"), present = { withContext(main) { show(it) } })
    .build()

fun export(http: OkHttpClient, url: HttpUrl, body: RequestBody, done: (Int) -> Unit, fail: (String) -> Unit) {
    val request = Request.Builder().url(url).post(body).stepUpScope(TokenScope.WALLET_EXPORT).build()
    http.newCall(request).enqueue(object : Callback {
        override fun onResponse(call: Call, response: Response) = response.use { done(it.code) }

        override fun onFailure(call: Call, e: IOException) =
            if (e is StepUpIOException) fail("No step-up: ${e.cause.kind}") else fail("No connection")
    })
}
