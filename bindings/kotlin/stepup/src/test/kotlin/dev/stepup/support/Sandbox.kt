package dev.stepup.support

import dev.stepup.core.HttpHeader
import dev.stepup.core.TokenScope
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse.BodyHandlers
import java.time.Duration
import java.time.Instant
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonObjectBuilder
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.put

/** The sandbox as a program of its own, and its control API. */
internal class Sandbox private constructor(private val process: Process) : AutoCloseable {
    private val ready = Json.parseToJsonElement(process.inputReader().readLine()).jsonObject
    private val http = HttpClient.newHttpClient()

    val url = ready.text("url")
    val baseUrl = ready.text("baseUrl")
    val environmentId = ready.text("environmentId")

    /** What arrived at the API, oldest first. */
    fun exchanges(path: String = ""): List<Exchange> =
        control("GET", "log").json.getValue("exchanges").jsonArray
            .map { Exchange(it.jsonObject) }
            .filter { it.path.endsWith(path) }

    fun arrived(path: String): Int = exchanges(path).size

    /** The latest code sent to an address or a number. */
    fun code(to: String): String {
        val outbox = control("GET", "outbox?to=${to.replace("+", "%2B")}").json
        val messages = outbox.getValue("messages").jsonArray
        return messages.first { "code" in it.jsonObject }.jsonObject.text("code")
    }

    /** The latest registration link that was mailed to an address. */
    fun registrationLink(to: String): String {
        val messages = control("GET", "outbox?to=$to").json.getValue("messages").jsonArray
        return messages.first { "link" in it.jsonObject }.jsonObject.text("link")
    }

    /** The user consents on a provider's page with this account: the redirect. */
    fun approve(page: String, account: String): String {
        val request = buildJsonObject {
            put("authorizationUrl", page)
            put("account", buildJsonObject { put("id", account) })
        }
        return control("POST", "oauth/approve", request).json.text("redirectUrl")
    }

    /** The user does not: the redirect. */
    fun deny(page: String): String {
        val request = buildJsonObject { put("authorizationUrl", page) }
        return control("POST", "oauth/deny", request).json.text("redirectUrl")
    }

    fun walletAddress(name: String, chain: String): String =
        control("GET", "wallets/$name?chain=$chain").json.text("address")

    fun sign(name: String, chain: String, message: String): String {
        val request = buildJsonObject {
            put("message", message)
            put("chain", chain)
        }
        return control("POST", "wallets/$name/sign", request).json.text("signature")
    }

    /** An assertion as the app's backend would sign it. */
    fun assertion(claims: JsonObjectBuilder.() -> Unit): String =
        control("POST", "external-jwt", buildJsonObject(claims)).json.text("jwt")

    fun now(): Instant = Instant.parse(control("GET", "clock").json.text("now"))

    fun advance(seconds: Long) {
        control("POST", "clock", buildJsonObject { put("advanceSeconds", seconds) })
    }

    fun changePolicy(patch: String) {
        control("PATCH", "policy", Json.parseToJsonElement(patch))
    }

    /** From now on requests with this path behave as the rule says. */
    fun fault(method: String, path: String, rule: String) {
        val request = mapOf("method" to JsonPrimitive(method), "path" to JsonPrimitive(path))
        control("POST", "faults", JsonObject(request + Json.parseToJsonElement(rule).jsonObject))
    }

    /** Plays the app's own backend. */
    fun backend(scope: TokenScope, headers: List<HttpHeader>): Answer =
        protected("scope", scope.value, headers)

    /** The same: the status. */
    fun protected(scope: TokenScope, headers: List<HttpHeader>): Int = backend(scope, headers).status

    /** Plays such a backend from before step-up. */
    fun protectedAction(action: String, headers: List<HttpHeader>): Int =
        protected("action", action, headers).status

    private fun protected(kind: String, name: String, headers: List<HttpHeader>): Answer {
        val body = buildJsonObject { put(kind, name) }
        val fields = headers.associate { it.name to it.value }
        return control("POST", "protected", body, fields, isRefusalExpected = true)
    }

    /** As on the day it was started. */
    fun reset() {
        control("POST", "reset")
    }

    fun control(
        method: String,
        path: String,
        body: JsonElement = JsonObject(emptyMap()),
        headers: Map<String, String> = emptyMap(),
        isRefusalExpected: Boolean = false,
    ): Answer {
        val request = HttpRequest.newBuilder(URI("$url/sandbox/$path"))
            .timeout(Duration.ofSeconds(20))
            .header("content-type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body.toString()))
        headers.forEach(request::header)
        val answer = http.send(request.build(), BodyHandlers.ofString())
        check(isRefusalExpected || answer.statusCode() == 200) { "$method $path: ${answer.body()}" }
        return Answer(answer.statusCode(), answer.body())
    }

    override fun close() {
        process.outputStream.close()
        process.waitFor()
    }

    companion object {
        fun start(): Sandbox {
            val program = ProcessBuilder(System.getProperty("stepup.sandbox"), "--exit-with-parent")
            return Sandbox(program.redirectError(ProcessBuilder.Redirect.INHERIT).start())
        }
    }
}

internal class Answer(val status: Int, val body: String) {
    val json: JsonObject get() = Json.parseToJsonElement(body).jsonObject
}

/** A request as the sandbox saw it. */
internal class Exchange(private val entry: JsonObject) {
    val path = entry.text("path")

    /** None while it is being answered. */
    val status: Int? get() = entry["status"]?.jsonPrimitive?.content?.toInt()

    override fun toString() = entry.toString()
}

internal fun JsonObject.text(name: String): String = getValue(name).jsonPrimitive.content
