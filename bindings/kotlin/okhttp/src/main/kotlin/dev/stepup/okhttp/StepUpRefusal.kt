package dev.stepup.okhttp

import java.io.IOException
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import okhttp3.Response

private const val LONGEST_REFUSAL = 64L * 1024

/**
 * Whether this answer asks for a step-up: a 403 whose code or text says so, as the core reads the API's
 * errors. Any other 403 is about something else. The body can still be read afterwards; if it breaks, the
 * answer is closed.
 */
internal fun Response.asksForStepUp(): Boolean {
    if (code != 403) return false
    val body = try {
        Json.parseToJsonElement(peekBody(LONGEST_REFUSAL).string())
    } catch (_: SerializationException) {
        return false
    } catch (failure: IOException) {
        close()
        throw failure
    }
    val error = body["error"]
    val said = listOf(body["code"], error["code"], error, error["message"], body["message"])
    return said.any { it is JsonPrimitive && it.isString && namesElevatedToken(it.content) }
}

private operator fun JsonElement?.get(name: String): JsonElement? = (this as? JsonObject)?.get(name)

private fun namesElevatedToken(text: String) =
    text.contains("elevated_access_token", ignoreCase = true) ||
        text.contains("elevated access token", ignoreCase = true)
