package dev.stepup.okhttp

import dev.stepup.core.StepUpException
import dev.stepup.core.TokenScope
import dev.stepup.support.failure
import java.io.File
import kotlin.reflect.KClass
import kotlinx.coroutines.CompletableDeferred
import okhttp3.Cache
import okhttp3.HttpUrl.Companion.toHttpUrl
import okhttp3.OkHttpClient
import okhttp3.RequestBody.Companion.toRequestBody
import okhttp3.Response
import okhttp3.WebSocket
import okhttp3.WebSocketListener
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir

/** Which hop of a call carries what. */
internal class HeadersTest : OkHttpTest() {
    @Test
    fun `an allowed host is sent bearer and token, and accepts them`() = inHttpWorld { world ->
        world.signIn()
        world.verifyByEmail()
        assertEquals(200, http().call().status())
        assertHops(API to "bearer, token")
        assertFalse(world.stepUp.hasElevatedAccessToken(EXPORT))
    }

    @Test
    fun `where the server needs no token the bearer alone is sent`() = inHttpWorld { world ->
        world.signIn()
        world.sandbox.changePolicy("""{"apiVersion": "2026_01_01"}""")
        assertEquals(200, http().call().status())
        assertHops(API to "bearer")
    }

    @Test
    fun `i24 another host is sent neither, and costs no token`() = inHttpWorld { world ->
        world.signIn()
        world.verifyByEmail()
        val hosts = setOf(API)
        assertEquals(401, http(hosts).call(backend.url(EXPORT, FILES)).status())
        assertEquals(401, http(setOf("example.com")).call().status())
        assertHops(FILES to "", API to "")
        assertTrue(world.stepUp.hasElevatedAccessToken(EXPORT))
    }

    @Test
    fun `a request that declares no scope stays as it is`() = inHttpWorld { world ->
        world.signIn()
        world.verifyByEmail()
        assertEquals(401, http().call(scope = null).status())
        assertHops(API to "")
        assertTrue(world.stepUp.hasElevatedAccessToken(EXPORT))
    }

    @Test
    fun `i24 a redirect to another host loses the headers`() = inHttpWorld(TIME_BOUND) { world ->
        world.signIn()
        world.verifyByEmail()
        backend.answers += backend.redirect(backend.url(EXPORT, ELSEWHERE))
        backend.answers += backend.redirect(backend.url(EXPORT, FILES))
        assertEquals(200, http().call().status())
        assertHops(API to "bearer, token", ELSEWHERE to "", FILES to "bearer, token")
    }

    @Test
    fun `i24 a redirect to http loses the headers`() = inHttpWorld(TIME_BOUND) { world ->
        world.signIn()
        world.verifyByEmail()
        Backend(world.sandbox, isSecure = false).use { insecure ->
            backend.answers += backend.redirect(insecure.url(EXPORT))
            assertEquals(401, http().call().status())
            assertEquals(API to null, insecure.hops.single().run { url.host to bearer })
            assertNull(insecure.hops.single().token)
        }
        assertHops(API to "bearer, token")
    }

    @Test
    fun `i24 loopback is sent them by http only if the app has said so`() = inHttpWorld { world ->
        world.signIn()
        world.verifyByEmail()
        val url = "${world.sandbox.url}/sandbox/protected".toHttpUrl()
        val body = """{"scope": "$EXPORT"}""".toRequestBody()
        val statuses = listOf(false, true).map { isAllowed ->
            val http = OkHttpClient.Builder().stepUp(world.stepUp, setOf("127.0.0.1"), isAllowed).build()
            http.call(url, body = body).status()
        }
        assertEquals(listOf(401, 200), statuses)
        // Said of loopback, not of other hosts.
        val hosts = AllowedHosts(setOf(API, "localhost", "127.1.2.3", "::1"), allowInsecureLoopback = true)
        val allowed = listOf("https://$API/", "http://localhost/", "http://127.1.2.3/", "http://[::1]/")
        val refused =
            listOf("http://$API/", "http://127.0.0.1/", "http://127.1.2.3.example.com/", "http://10.0.0.1/")
        for (name in allowed) assertTrue(hosts.allow(name.toHttpUrl()), name)
        for (name in refused) assertFalse(hosts.allow(name.toHttpUrl()), name)
    }

    @Test
    fun `hosts are exact, however they are written`() {
        val hosts = AllowedHosts(setOf("API.example.com", "bücher.example"), allowInsecureLoopback = false)
        for (name in listOf("https://api.EXAMPLE.com:8443/a", "https://xn--bcher-kva.example/")) {
            assertTrue(hosts.allow(name.toHttpUrl()), name)
        }
        val others = listOf("example.com", "v1.api.example.com", "api.example.com.", "api.example.com.au")
        for (name in others) assertFalse(hosts.allow("https://$name/".toHttpUrl()), name)
    }

    @Test
    fun `what is no host is refused when the client is built`() = inHttpWorld { world ->
        for (host in listOf("", "https://a.example", "a.example:443", "a.example/b", "*.example.com")) {
            assertThrows<IllegalArgumentException>(host) { http(setOf(API, host)) }
        }
        assertThrows<IllegalArgumentException> { http(emptySet()) }
        assertThrows<IllegalStateException> { http().newBuilder().stepUp(world.stepUp, setOf(API)) }
    }

    @Test
    fun `a token of another scope is never used`() = inHttpWorld { world ->
        world.signIn()
        world.verifyByEmail(TokenScope.WALLET_DELETE)
        val refused = failure<StepUpIOException> { http().call().execute() }
        assertEquals(EXPORT, (refused.cause as StepUpException.StepUpRequired).scope)
        assertHops()
        assertTrue(world.stepUp.hasElevatedAccessToken(TokenScope.WALLET_DELETE))
    }

    @Test
    fun `a web socket gets nothing and costs no token`() = inHttpWorld { world ->
        world.signIn()
        world.verifyByEmail()
        val http = http()
        val end = CompletableDeferred<Unit>()
        val listener = object : WebSocketListener() {
            override fun onFailure(webSocket: WebSocket, t: Throwable, response: Response?) {
                end.complete(Unit)
            }
        }
        http.newWebSocket(http.call(body = null).request(), listener)
        end.await()
        assertHops(API to "")
        assertTrue(world.stepUp.hasElevatedAccessToken(EXPORT))
    }

    @Test
    fun `an answer holds no secret`() = inHttpWorld(TIME_BOUND) { world ->
        world.signIn()
        world.verifyByEmail()
        backend.answers += backend.redirect(backend.url(EXPORT, FILES))
        http().call().execute().use { answer ->
            val answers = generateSequence<Response>(answer) { it.priorResponse }.toList()
            assertEquals(2, answers.size)
            for (one in answers) {
                for (request in listOfNotNull(one.request, one.networkResponse?.request)) {
                    assertNull(request.header("Authorization"))
                    assertNull(request.header("x-dyn-elevated-access-token"))
                    assertFalse("eyJ" in request.toString() + request.toCurl())
                }
            }
        }
        val credentials = CallCredentials(world.stepUp.authorizationHeaders(EXPORT))
        assertFalse("eyJ" in "$credentials ${credentials.ofNextHop()} ${StepUpScope(EXPORT)}")
    }

    @Test
    fun `no cache answers or keeps`(@TempDir directory: File) = inHttpWorld(TIME_BOUND) { world ->
        world.signIn()
        world.verifyByEmail()
        val http = http { cache(Cache(directory, 1_000_000)) }
        val kept = answer(200, "a secret").newBuilder().addHeader("Cache-Control", "max-age=60").build()
        repeat(2) {
            backend.answers += kept
            assertEquals(200, http.call(body = null).status())
        }
        assertEquals(2, backend.hops.size)
        // The same answer to another request is kept, as ever.
        val url = backend.url(TokenScope("else"))
        backend.answers += kept
        repeat(2) { assertEquals(200, http.call(url, scope = null, body = null).status()) }
        assertEquals(3, backend.hops.size)
    }

    @Test
    fun `a tag of this type does as well, as Retrofit sets it`() = inHttpWorld { world ->
        world.signIn()
        world.verifyByEmail()
        val request = http().call(scope = null).request().newBuilder()
        val tag: KClass<StepUpScope> = StepUpScope::class
        assertEquals(200, http().newCall(request.tag(tag.java, StepUpScope(EXPORT)).build()).status())
        assertNotNull(backend.hops.single().token)
    }
}
