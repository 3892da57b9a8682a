package dev.stepup.shrunk

import dev.stepup.StepUpClient
import dev.stepup.StepUpFlow
import dev.stepup.core.ClientConfig
import dev.stepup.core.Platform
import dev.stepup.core.StepUpFlowState
import dev.stepup.core.TokenScope
import dev.stepup.okhttp.stepUp
import dev.stepup.okhttp.stepUpScope
import kotlinx.coroutines.runBlocking
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody

/** An app that exports a wallet at its backend, by OkHttp, and says what that has answered. */
internal class OkHttpApp(private val mailbox: Mailbox, private val client: StepUpClient) {
    private val http = OkHttpClient.Builder()
        .stepUp(client.stepUp, setOf("127.0.0.1"), allowInsecureLoopback = true) { show(it) }
        .build()

    suspend fun run(backend: String) {
        client.auth.sendEmailOtp(EMAIL)
        client.auth.signInWithOtp(mailbox.code(EMAIL))
        val body = """{"scope": "wallet:export"}""".toRequestBody("application/json".toMediaType())
        val request = Request.Builder().url("$backend/sandbox/protected").post(body)
        http.newCall(request.stepUpScope(TokenScope.WALLET_EXPORT).build()).execute().use { println(it.code) }
    }

    private suspend fun show(flow: StepUpFlow) = flow.states.collect { state ->
        if (state is StepUpFlowState.AwaitingCode) flow.submit(mailbox.code(EMAIL))
    }

    companion object {
        @JvmStatic
        fun main(arguments: Array<String>) {
            val (url, baseUrl, environmentId) = arguments
            val config = ClientConfig(environmentId, baseUrl, allowInsecureLoopback = true)
            StepUpClient(config, Platform(AppStorage(), AppKeys())).use { client ->
                runBlocking { OkHttpApp(Mailbox(url), client).run(url) }
            }
        }
    }
}
