package dev.stepup.okhttp

import dev.stepup.okhttp.snippets.export
import dev.stepup.okhttp.snippets.httpClient
import dev.stepup.support.repositoryFile
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.Executors
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.asCoroutineDispatcher
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
        val main = Executors.newSingleThreadExecutor { Thread(it, "main one") }.asCoroutineDispatcher()
        val threads = ConcurrentLinkedQueue<String>()
        val http = httpClient(backend.clientBuilder().build(), world.stepUp, main) {
            threads += Thread.currentThread().name
            typeCode(it)
        }
        suspend fun outcome(): String = CompletableDeferred<String>().also { outcome ->
            val url = backend.url(EXPORT)
            export(http, url, "{}".toRequestBody(), { outcome.complete("$it") }, { outcome.complete(it) })
        }.await()
        assertEquals("No step-up: SIGN_IN_AGAIN", outcome())
        world.signIn()
        assertEquals("200", outcome())
        assertTrue(threads.single().startsWith("main one"), "$threads")
        backend.close()
        world.verifyByEmail()
        assertEquals("No connection", outcome())
        main.close()
    }
}
