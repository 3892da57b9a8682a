package dev.stepup.okhttp

import dev.stepup.core.StepUpException
import dev.stepup.support.failure
import java.io.IOException
import mockwebserver3.MockResponse
import mockwebserver3.SocketEffect
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Test

/** A single-use token goes out once. */
internal class SingleUseTest : OkHttpTest() {
    private fun drop(at: MockResponse.Builder.(SocketEffect) -> MockResponse.Builder) =
        MockResponse.Builder().body("x".repeat(10_000)).at(SocketEffect.CloseSocket()).build()

    @Test
    fun `a dropped connection does not send it again`() {
        val drops = listOf(
            drop(MockResponse.Builder::onResponseStart),
            drop(MockResponse.Builder::onResponseBody),
        )
        for (drop in drops) {
            inHttpWorld { world ->
                world.signIn()
                world.verifyByEmail()
                val http = http()
                // A connection in the pool is one that OkHttp tries anew when it breaks.
                http.call(scope = null).status()
                backend.answers += drop
                failure<IOException> { http.call().execute().use { it.body.string() } }
                assertHops(API to "", API to "bearer, token")
                assertFalse(world.stepUp.hasElevatedAccessToken(EXPORT))
            }
        }
    }

    @Test
    fun `it goes over a connection of its own`() = inHttpWorld { world ->
        world.signIn()
        val http = http()
        http.call(scope = null).status()
        repeat(2) {
            world.verifyByEmail()
            assertEquals(200, http.call().status())
        }
        http.call(scope = null).status()
        assertEquals(listOf(0, 1, 2, 0), backend.hops.map { it.connectionIndex })
        assertEquals(1, http.connectionPool.connectionCount())
    }

    @Test
    fun `what carries none is tried anew as ever`() = inHttpWorld(TIME_BOUND) { world ->
        world.signIn()
        world.verifyByEmail()
        val http = http()
        http.call(scope = null).status()
        backend.answers += drop(MockResponse.Builder::onResponseStart)
        http.call(scope = null).status()
        assertHops(API to "", API to "", API to "")
        backend.answers += drop(MockResponse.Builder::onResponseStart)
        assertEquals(200, http.call().status())
        assertEquals(2, backend.hops.count { it.token != null }, "a reusable token may be sent again")
    }

    @Test
    fun `a redirect within the allowed hosts does not send it again`() = inHttpWorld { world ->
        world.signIn()
        world.verifyByEmail()
        backend.answers += backend.redirect(backend.url(EXPORT, FILES))
        val refused = failure<StepUpIOException> { http().call().execute() }
        assertEquals(true, (refused.cause as StepUpException.StepUpRequired).tokenWasAttached)
        assertHops(API to "bearer, token", FILES to "bearer")
    }

    @Test
    fun `an answer that has OkHttp repeat the request does not send it again`() {
        for (status in listOf(408, 503)) {
            inHttpWorld { world ->
                world.signIn()
                world.verifyByEmail()
                backend.answers += answer(status, "").newBuilder().addHeader("Retry-After", "0").build()
                runCatching { http().call().status() }
                assertEquals(1, backend.hops.count { it.token != null }, "$status")
            }
        }
    }

    @Test
    fun `an interceptor that sends a call twice does not send it twice`() = inHttpWorld { world ->
        world.signIn()
        world.verifyByEmail()
        val http = http().newBuilder().addInterceptor { chain ->
            chain.proceed(chain.request()).close()
            chain.proceed(chain.request())
        }.build()
        failure<StepUpIOException> { http.call().execute() }
        assertHops(API to "bearer, token", API to "bearer")
    }
}
