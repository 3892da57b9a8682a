package dev.stepup.okhttp

import dev.stepup.okhttp.snippets.export
import dev.stepup.okhttp.snippets.httpClient
import dev.stepup.support.repositoryFile
import kotlinx.coroutines.CompletableDeferred
import okhttp3.RequestBody.Companion.toRequestBody
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private const val MODULE = "bindings/kotlin/okhttp"
private const val SNIPPETS = "$MODULE/src/test/kotlin/dev/stepup/okhttp/snippets/Readme.kt"

/** What the README shows compiles and does what it says. */
internal class ReadmeTest : OkHttpTest() {
    @Test
    fun `the README shows the code that is compiled here`() {
        val block = Regex("```kotlin\n(.*?)```", RegexOption.DOT_MATCHES_ALL)
        val shown = block.findAll(repositoryFile("$MODULE/README.md")).map { it.groupValues[1] }.toList()
        assertEquals(2, shown.size)
        for (snippet in shown) assertTrue(snippet in repositoryFile(SNIPPETS), snippet)
    }

    @Test
    fun `a call as in the README`() = inHttpWorld { world ->
        val http = httpClient(backend.clientBuilder().build(), world.stepUp, typeCode)
        suspend fun outcome(): String = CompletableDeferred<String>().also { outcome ->
            val url = backend.url(EXPORT)
            export(http, url, "{}".toRequestBody(), { outcome.complete("$it") }, { outcome.complete(it) })
        }.await()
        assertEquals("No step-up: SIGN_IN_AGAIN", outcome())
        world.signIn()
        assertEquals("200", outcome())
        backend.close()
        world.verifyByEmail()
        assertEquals("No connection", outcome())
    }
}
