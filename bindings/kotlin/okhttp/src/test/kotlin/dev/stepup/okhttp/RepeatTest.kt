package dev.stepup.okhttp

import dev.stepup.StepUpFlow
import dev.stepup.core.InternalException
import dev.stepup.core.StepUpException
import dev.stepup.support.failure
import java.io.IOException
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.withTimeout
import mockwebserver3.MockResponse
import okhttp3.MediaType
import okhttp3.RequestBody
import okhttp3.RequestBody.Companion.toRequestBody
import okhttp3.ResponseBody
import okio.Buffer
import okio.BufferedSink
import okio.BufferedSource
import okio.ForwardingSource
import okio.buffer
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private val notShown: suspend (StepUpFlow) -> Unit = { throw AssertionError("nothing to show") }

/** A body that can be written once. */
private class OneShot : RequestBody() {
    override fun contentType(): MediaType? = null

    override fun isOneShot() = true

    override fun writeTo(sink: BufferedSink) {
        sink.writeUtf8("{}")
    }
}

/** A body that breaks before it has begun. */
private class Unreadable : ResponseBody() {
    var isClosed = false

    private val source = object : ForwardingSource(Buffer()) {
        override fun read(sink: Buffer, byteCount: Long): Long = throw IOException("unreadable")

        override fun close() {
            isClosed = true
        }
    }.buffer()

    override fun contentType(): MediaType? = null

    override fun contentLength() = -1L

    override fun source(): BufferedSource = source
}

/** The step-up of a call, and its one repeat. */
internal class RepeatTest : OkHttpTest() {
    @Test
    fun `without a token the user steps up before anything is sent`() = inHttpWorld { world ->
        world.signIn()
        assertEquals(200, http(present = typeCode).call(body = OneShot()).status())
        assertHops(API to "bearer, token")
        assertEquals(1, presented.size)
    }

    @Test
    fun `refused by the server, stepped up, repeated once`() = inHttpWorld { world ->
        world.signIn()
        world.verifyByEmail()
        backend.answers += answer(403, REFUSAL)
        val body = """{"wallet": 1}"""
        assertEquals(200, http(present = typeCode).call(body = body.toRequestBody()).status())
        assertHops(API to "bearer, token", API to "bearer, token")
        val (refused, accepted) = backend.hops.toList()
        assertNotEquals(refused.token, accepted.token)
        assertEquals(listOf(body, body), listOf(refused, accepted).map { it.body?.utf8() })
        assertEquals(1, presented.size)
    }

    @Test
    fun `a reusable token that is refused is replaced by one step-up`() = inHttpWorld(TIME_BOUND) { world ->
        world.signIn()
        world.verifyByEmail()
        // For the server it is over, and the client has not heard what time it is there.
        world.sandbox.advance(700)
        val http = http(present = typeCode)
        repeat(2) { assertEquals(200, http.call().status()) }
        val (refused, accepted, next) = backend.hops.map { it.token }
        assertNotEquals(refused, accepted)
        assertEquals(accepted, next)
        assertEquals(3 to 1, backend.hops.size to presented.size)
    }

    @Test
    fun `a reusable token that is refused is not sent again, whatever becomes of the call`() {
        val calls = mapOf<String, HttpWorld.() -> Unit>(
            "without a screen" to { failure<StepUpIOException> { http().call().execute() } },
            "sent once" to { assertEquals(403, http(present = notShown).call(body = OneShot()).status()) },
            "refused again" to { assertEquals(403, http(present = typeCode).call().status()) },
        )
        for ((name, call) in calls) {
            inHttpWorld(TIME_BOUND) { world ->
                world.signIn()
                world.verifyByEmail()
                repeat(2) { backend.answers += answer(403, REFUSAL) }
                call()
                assertFalse(world.stepUp.hasElevatedAccessToken(EXPORT), name)
            }
        }
    }

    @Test
    fun `who is refused again is not asked again`() = inHttpWorld { world ->
        world.signIn()
        world.verifyByEmail()
        repeat(2) { backend.answers += answer(403, REFUSAL) }
        http(present = typeCode).call().execute().use {
            assertEquals(403 to REFUSAL, it.code to it.body.string())
        }
        assertEquals(2 to 1, backend.hops.size to presented.size)
    }

    @Test
    fun `who is refused after a step-up is not asked again`() = inHttpWorld { world ->
        world.signIn()
        backend.answers += answer(403, REFUSAL)
        assertEquals(403, http(present = typeCode).call().status())
        assertEquals(1 to 1, backend.hops.size to presented.size)
    }

    @Test
    fun `a refusal on a hop after the one with the single-use token is final`() {
        val later = answer(503, "").newBuilder().addHeader("Retry-After", "0").build()
        val repeats = mapOf<String, HttpWorld.() -> MockResponse>(
            FILES to { backend.redirect(backend.url(EXPORT, FILES)) },
            API to { later },
        )
        for ((host, first) in repeats) {
            inHttpWorld { world ->
                world.signIn()
                world.verifyByEmail()
                backend.answers += first()
                backend.answers += answer(403, REFUSAL)
                http(present = notShown).call().execute().use {
                    assertEquals(403 to REFUSAL, it.code to it.body.string())
                }
                assertHops(API to "bearer, token", host to "bearer")
            }
        }
    }

    @Test
    fun `a refusal that cannot be read is closed`() = inHttpWorld { world ->
        world.signIn()
        world.verifyByEmail()
        backend.answers += answer(403, REFUSAL)
        val body = Unreadable()
        val http = http(present = notShown).newBuilder()
            .addInterceptor { it.proceed(it.request()).apply { close() }.newBuilder().body(body).build() }
            .build()
        assertEquals("unreadable", failure<IOException> { http.call().execute() }.message)
        assertTrue(body.isClosed)
    }

    @Test
    fun `the app's authenticator does not repeat what carries the bearer`() = inHttpWorld { world ->
        world.signIn()
        world.verifyByEmail()
        val http = http {
            authenticator { _, answer -> answer.request.newBuilder().header("Authorization", "own").build() }
        }
        backend.answers += answer(401, "")
        assertEquals(401, http.call().status())
        assertHops(API to "bearer, token")
    }

    @Test
    fun `a screen that fails fails its call and not the app`() = inHttpWorld { world ->
        world.signIn()
        for (thrown in listOf(IllegalStateException("no window"), InternalException("a bug"))) {
            val failed = failure<IOException> { http(present = { throw thrown }).call().begin().await() }
            // Coroutines copy what they pass on.
            val causes = generateSequence<Throwable>(failed) { it.cause }.toList()
            assertTrue(causes.any { it.message == "the step-up failed" }, "$causes")
            assertTrue(causes.any { it.javaClass == thrown.javaClass }, "$causes")
        }
        val declined = failure<StepUpIOException> {
            http(present = { withTimeout(1) { awaitCancellation() } }).call().begin().await()
        }
        assertInstanceOf(StepUpException.Cancelled::class.java, declined.cause)
        assertTrue(backend.hops.isEmpty())
    }

    @Test
    fun `a body that can be sent once is not repeated`() = inHttpWorld { world ->
        world.signIn()
        world.verifyByEmail()
        backend.answers += answer(403, REFUSAL)
        http(present = notShown).call(body = OneShot()).execute().use {
            assertEquals(403 to REFUSAL, it.code to it.body.string())
        }
        assertHops(API to "bearer, token")
    }

    @Test
    fun `i24 another host cannot ask for a step-up`() = inHttpWorld { world ->
        world.signIn()
        world.verifyByEmail()
        backend.answers += backend.redirect(backend.url(EXPORT, ELSEWHERE))
        backend.answers += answer(403, REFUSAL)
        assertEquals(403, http(present = notShown).call().status())
        assertHops(API to "bearer, token", ELSEWHERE to "")
    }

    @Test
    fun `fault 44 only a 403 that says so is about a step-up`() = inHttpWorld(TIME_BOUND) { world ->
        world.signIn()
        world.verifyByEmail()
        val others = listOf(
            401 to REFUSAL,
            403 to """{"error": "Insufficient scope permissions"}""",
            403 to """{"error": {"code": "blocked", "message": "no"}}""",
            403 to """{"hint": "elevated access token"}""",
            403 to """["elevated access token"]""",
            403 to "<html>Elevated access token required</html>",
            403 to "",
            403 to REFUSAL.padStart(LONGEST_REFUSAL.toInt() + 1),
        )
        for ((status, body) in others) {
            backend.answers += answer(status, body)
            http(present = notShown).call().execute().use {
                assertEquals(status to body, it.code to it.body.string())
            }
        }
        assertTrue(world.stepUp.hasElevatedAccessToken(EXPORT))
        val refusals = listOf(
            REFUSAL,
            """{"error": "no", "code": "elevated_access_token_required"}""",
            """{"error": {"code": "x", "message": "elevated access token missing"}}""",
            """{"message": "ELEVATED ACCESS TOKEN required", "code": 403}""",
        )
        for (body in refusals) {
            // No more codes are mailed in ten minutes than a user may need.
            world.sandbox.advance(600)
            world.verifyByEmail()
            backend.answers += answer(403, body)
            val refused = failure<StepUpIOException> { http().call().execute() }.cause
            assertTrue((refused as StepUpException.StepUpRequired).tokenWasAttached, body)
        }
    }

    @Test
    fun `without a screen the app is told which step-up it takes`() = inHttpWorld { world ->
        failure<StepUpIOException> { http().call().execute() }.let {
            assertInstanceOf(StepUpException.NotSignedIn::class.java, it.cause)
        }
        world.signIn()
        val attached = listOf(false, true).map { isHeld ->
            if (isHeld) {
                world.verifyByEmail()
                backend.answers += answer(403, REFUSAL)
            }
            val refused = failure<StepUpIOException> { http().call().execute() }.cause
            assertEquals(EXPORT, (refused as StepUpException.StepUpRequired).scope)
            refused.tokenWasAttached
        }
        assertEquals(listOf(false, true), attached)
        assertHops(API to "bearer, token")
    }

    @Test
    fun `a step-up that the user declines fails the call`() = inHttpWorld { world ->
        world.signIn()
        val declined = failure<StepUpIOException> { http(present = { it.cancel() }).call().execute() }
        assertInstanceOf(StepUpException.Cancelled::class.java, declined.cause)
        assertTrue(backend.hops.isEmpty())
    }
}
