package dev.stepup.okhttp

import dev.stepup.core.TokenScope
import dev.stepup.support.Sandbox
import java.net.InetAddress
import java.util.concurrent.ConcurrentLinkedDeque
import java.util.concurrent.ConcurrentLinkedQueue
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import mockwebserver3.Dispatcher
import mockwebserver3.MockResponse
import mockwebserver3.MockWebServer
import mockwebserver3.RecordedRequest
import okhttp3.Dns
import okhttp3.HttpUrl
import okhttp3.HttpUrl.Companion.toHttpUrl
import okhttp3.OkHttpClient
import okhttp3.Protocol
import okhttp3.tls.HandshakeCertificates
import okhttp3.tls.HeldCertificate

internal const val API = "api.example.com"
internal const val FILES = "files.example.com"
internal const val ELSEWHERE = "elsewhere.example.org"

private const val TOKEN_HEADER = "x-dyn-elevated-access-token"

/** The answer of a backend that wants a step-up, as it is documented. */
internal const val REFUSAL = """{"error": "Elevated access token required"}"""

private val certificate = HeldCertificate.Builder()
    .addSubjectAlternativeName(API)
    .addSubjectAlternativeName(FILES)
    .addSubjectAlternativeName(ELSEWHERE)
    .build()
private val trust = HandshakeCertificates.Builder()
    .heldCertificate(certificate)
    .addTrustedCertificate(certificate.certificate)
    .build()

/** The app's backends over TLS. The sandbox looks at what they are sent, for the scope in the path. */
internal class Backend(private val sandbox: Sandbox, private val isSecure: Boolean = true) : AutoCloseable {
    private val server = MockWebServer()

    /** What the next requests are answered with instead. */
    val answers = ConcurrentLinkedDeque<MockResponse>()

    /** What has arrived, oldest first. */
    val hops = ConcurrentLinkedQueue<RecordedRequest>()

    init {
        if (isSecure) server.useHttps(trust.sslSocketFactory())
        server.protocols = listOf(Protocol.HTTP_1_1)
        server.dispatcher = object : Dispatcher() {
            override fun dispatch(request: RecordedRequest): MockResponse {
                hops.add(request)
                return answers.pollFirst() ?: verdict(request)
            }
        }
        server.start()
    }

    /** Knows the backends' names and trusts them; the rest is as an app has it. */
    fun clientBuilder(): OkHttpClient.Builder = OkHttpClient.Builder()
        .dns(object : Dns {
            override fun lookup(hostname: String) = listOf(InetAddress.getByName("localhost"))
        })
        .sslSocketFactory(trust.sslSocketFactory(), trust.trustManager)

    fun url(scope: TokenScope, host: String = API): HttpUrl =
        "${if (isSecure) "https" else "http"}://$host:${server.port}/$scope".toHttpUrl()

    fun redirect(to: HttpUrl) = MockResponse.Builder().code(307).addHeader("Location", to.toString()).build()

    private fun verdict(request: RecordedRequest): MockResponse {
        val asked = buildJsonObject { put("scope", request.url.pathSegments.first()) }
        val headers = listOf("Authorization", TOKEN_HEADER).mapNotNull { name ->
            request.headers[name]?.let { name to it }
        }
        val answer = sandbox.control("POST", "protected", asked, headers.toMap(), isRefusalExpected = true)
        return answer(answer.status, answer.json.toString())
    }

    override fun close() = server.close()
}

internal fun answer(status: Int, body: String) = MockResponse.Builder().code(status).body(body).build()

internal val RecordedRequest.bearer: String? get() = headers["Authorization"]
internal val RecordedRequest.token: String? get() = headers[TOKEN_HEADER]
