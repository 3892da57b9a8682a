package com.example.wallet

import dev.stepup.StepUpClient
import dev.stepup.core.ClientConfig
import dev.stepup.core.StepUpFlowState
import dev.stepup.core.insecureInMemoryPlatform
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse.BodyHandlers
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import okhttp3.HttpUrl.Companion.toHttpUrl
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private const val EMAIL = "ada@example.com"

/** Check, verify, proceed, against the sandbox. */
internal class WalletExportTest {
    private val sandbox = ProcessBuilder(System.getProperty("stepup.sandbox"), "--exit-with-parent").start()
    private val ready = sandbox.inputReader().readLine()
    private val http = HttpClient.newHttpClient()

    @AfterEach
    fun stop() {
        sandbox.outputStream.close()
        sandbox.waitFor()
    }

    @Test
    fun `the first run`() = runBlocking {
        assertTrue(firstRun(config(), EMAIL, ::code))
    }

    @Test
    fun `a wallet is exported after a step-up`() = runBlocking {
        val client = StepUpClient(config(), insecureInMemoryPlatform())
        client.auth.sendEmailOtp(EMAIL)
        client.auth.signInWithOtp(code())
        val asked = mutableListOf<String>()
        val headers = exportWallet(client) { sentTo ->
            asked += sentTo
            code()
        }
        assertEquals(listOf("a•••@example.com"), asked)
        val export = request("protected").POST(BodyPublishers.ofString("""{"scope": "wallet:export"}"""))
        headers.forEach { export.header(it.name, it.value) }
        val answer = http.send(export.build(), BodyHandlers.ofString())
        assertEquals(200, answer.statusCode(), answer.body())
        client.close()
    }

    @Test
    fun `a wallet is exported by OkHttp, with a step-up on the way`() = runBlocking {
        StepUpClient(config(), insecureInMemoryPlatform()).use { client ->
            client.auth.sendEmailOtp(EMAIL)
            client.auth.signInWithOtp(code())
            val url = "${ready.text("url")}/sandbox/protected".toHttpUrl()
            val backend = WalletBackend(url, client.stepUp) { flow ->
                flow.states.first { it is StepUpFlowState.AwaitingCode }
                flow.submit(code())
            }
            assertEquals(200, withContext(Dispatchers.IO) { backend.export() })
        }
    }

    private fun config(): ClientConfig {
        val (environment, url) = listOf("environmentId", "baseUrl").map { ready.text(it) }
        return ClientConfig(environment, baseUrl = url, allowInsecureLoopback = true)
    }

    /** The code of the latest mail. */
    private fun code(): String =
        http.send(request("outbox?to=$EMAIL").build(), BodyHandlers.ofString()).body().text("code")

    private fun request(path: String): HttpRequest.Builder =
        HttpRequest.newBuilder(URI("${ready.text("url")}/sandbox/$path"))
            .header("content-type", "application/json")

    private fun String.text(name: String): String =
        checkNotNull(Regex("\"$name\":\"([^\"]+)\"").find(this)) { this }.groupValues[1]
}
