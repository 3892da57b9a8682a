package com.example.wallet

import dev.stepup.StepUpAuthClient
import dev.stepup.StepUpFlow
import dev.stepup.core.TokenScope
import dev.stepup.okhttp.stepUp
import dev.stepup.okhttp.stepUpScope
import okhttp3.HttpUrl
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody

/** The app's own backend by OkHttp; [show] shows a step-up when it asks for one. */
class WalletBackend(private val url: HttpUrl, stepUp: StepUpAuthClient, show: suspend (StepUpFlow) -> Unit) {
    private val http = OkHttpClient.Builder()
        .stepUp(stepUp, setOf(url.host), allowInsecureLoopback = true, present = show)
        .build()

    /** Exports the wallet; answers with the status. */
    fun export(): Int {
        val body = """{"scope": "wallet:export"}""".toRequestBody("application/json".toMediaType())
        val request = Request.Builder().url(url).post(body).stepUpScope(TokenScope.WALLET_EXPORT).build()
        return http.newCall(request).execute().use { it.code }
    }
}
