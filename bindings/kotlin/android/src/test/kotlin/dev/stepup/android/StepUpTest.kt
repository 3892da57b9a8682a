package dev.stepup.android

import android.content.Intent
import android.net.Uri
import android.os.Build
import dev.stepup.StepUpClient
import dev.stepup.android.support.AndroidTest
import dev.stepup.android.support.TestBrowsers
import dev.stepup.android.support.TestKeystore
import dev.stepup.android.support.begun
import dev.stepup.android.support.ended
import dev.stepup.android.support.runMainThreadUntil
import dev.stepup.android.support.whileMainThreadRuns
import dev.stepup.android.test.MainActivity
import dev.stepup.core.ClientConfig
import dev.stepup.core.Platform
import dev.stepup.core.RedirectOutcome
import dev.stepup.core.SignInOutcome
import dev.stepup.core.SocialProvider
import dev.stepup.core.StepUpException
import dev.stepup.core.StorageFailure
import dev.stepup.core.TokenScope
import dev.stepup.core.insecureInMemoryPlatform
import dev.stepup.support.Sandbox
import kotlinx.coroutines.flow.first
import org.junit.After
import org.junit.AfterClass
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNotSame
import org.junit.Assert.assertNull
import org.junit.Assert.assertSame
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.BeforeClass
import org.junit.Test
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowLog

/** An app with the real library, against the sandbox. */
internal class StepUpTest : AndroidTest() {
    private val clients = mutableSetOf<StepUpClient>()
    private val config = ClientConfig(
        environmentId = sandbox.environmentId,
        baseUrl = sandbox.baseUrl,
        appOrigin = "http://localhost",
        oauthRedirectUrl = "https://app.example/oauth",
        allowInsecureLoopback = true,
    )

    @Before
    fun startTheSandboxOver() {
        sandbox.reset()
        sandbox.changePolicy("""{"providers": [{"provider": "google"}]}""")
    }

    @After
    fun close() = clients.forEach { it.close() }

    private fun client(config: ClientConfig = this.config) = StepUp.android(app) { config }.also {
        clients +=
            it
    }

    private fun signIn(client: StepUpClient) = whileMainThreadRuns {
        client.auth.sendEmailOtp(EMAIL)
        client.auth.signInWithOtp(sandbox.code(EMAIL))
    }

    @Test
    fun `a session is there after a new start, sealed in files, by keys of the keystore`() {
        val first = client()
        val session = (signIn(first) as SignInOutcome.Done).session
        val files = app.noBackupFilesDir.walk().filter { it.isFile }.toList()
        assertTrue(files.isNotEmpty())
        assertTrue(files.none { session.user.id in it.readBytes().decodeToString() })
        assertTrue(TestKeystore.entries.values.any { it.pair != null })
        first.close()
        val restored = whileMainThreadRuns { client().auth.session() }
        assertEquals(session.user.id, restored?.user?.id)
    }

    @Test
    fun `a lost key of the files signs the user out, and the next sign-in mends it`() {
        client().also { signIn(it) }.close()
        TestKeystore.entries.keys.removeAll { it.endsWith("storage") }
        val client = client()
        val told = assertThrows(StepUpException.StorageFailed::class.java) {
            whileMainThreadRuns { client.restore() }
        }
        assertEquals(StorageFailure.CORRUPT, told.reason)
        assertNull(whileMainThreadRuns { client.auth.session() })
        signIn(client)
        client.close()
        assertNotNull(whileMainThreadRuns { client().auth.session() })
    }

    @Test
    fun `the process has one client of an environment, until that is closed`() {
        val first = client()
        assertSame(first, client())
        assertSame(first, client(config.copy(environmentId = config.environmentId.uppercase())))
        val other = client(config.copy(storageNamespace = "other"))
        assertNotSame(first, other)
        first.close()
        val second = client()
        assertNotSame(first, second)
        assertSame(second, client())
        assertSame(other, client(config.copy(storageNamespace = "other")))
    }

    @Test
    fun `a client that the app itself has made is not handed out`() {
        StepUpClient(config, insecureInMemoryPlatform()).use {
            assertThrows(StepUpException.AlreadyOpen::class.java) { client() }
        }
        client()
    }

    @Test
    fun `what the app has of its own takes the place of ours`() {
        val own: Platform = insecureInMemoryPlatform()
        val client = StepUp.android(app) {
            storage = own.storage
            deviceKeys = own.deviceKeys
            logSink = null
            config
        }
        clients += client
        signIn(client)
        assertTrue(app.noBackupFilesDir.walk().none { it.isFile })
        assertTrue(TestKeystore.entries.isEmpty())
    }

    @Test
    fun `a wrong configuration is told`() {
        assertThrows(StepUpException.InvalidConfiguration::class.java) {
            client(config.copy(environmentId = "?"))
        }
    }

    @Test
    fun `the log is in logcat, without what is secret`() {
        ShadowLog.clear()
        signIn(client())
        val lines = { ShadowLog.getLogsForTag(LogcatSink.TAG).map { it.msg } }
        runMainThreadUntil { lines().isNotEmpty() }
        assertTrue(lines().none { EMAIL in it })
    }

    @Test
    fun `social sign-in through the browser`() {
        val client = client()
        val visit = Visiting(client)
        visit.redirected(sandbox.approve(visit.page, ACCOUNT))
        assertTrue(visit.outcome.ended() is SignInOutcome.Done)
    }

    @Test
    fun `the system ends the app in the browser, and the next process is signed in`() {
        val first = client()
        val visit = Visiting(first)
        val redirect = sandbox.approve(visit.page, ACCOUNT)
        visit.dies(first)
        val next = client()
        assertNull(whileMainThreadRuns { next.auth.session() })
        visit.redirected(redirect)
        val ended = whileMainThreadRuns { StepUp.redirects.first() }.getOrThrow()
        assertTrue("$ended", ended is RedirectOutcome.SignedIn)
        assertNotNull(whileMainThreadRuns { next.auth.session() })
    }

    @Test
    fun `redirects that nobody has asked for are not told, one that is refused is`() {
        val first = client()
        val visit = Visiting(first)
        val denied = sandbox.deny(visit.page)
        visit.dies(first)
        client()
        repeat(10) { visit.redirected("https://app.example/oauth?code=1&state=guessed$it") }
        visit.redirected(denied)
        val told = whileMainThreadRuns { StepUp.redirects.first() }.exceptionOrNull()
        assertTrue("$told", told is StepUpException.ProviderRefused)
    }

    @Test
    fun `a redirect while every client is closed stays for the next one, or for whoever else takes it`() {
        val first = client()
        val visit = Visiting(first)
        val redirect = sandbox.approve(visit.page, ACCOUNT)
        visit.dies(first)
        visit.redirected(redirect)
        assertEquals(redirect, whileMainThreadRuns { CustomTabsBrowser.unawaitedRedirects.first() })
        visit.redirected(redirect)
        client()
        val ended = whileMainThreadRuns { StepUp.redirects.first() }.getOrThrow()
        assertTrue("$ended", ended is RedirectOutcome.SignedIn)
    }

    @Test
    fun `the phone has its name in the list of devices`() {
        signIn(client())
        val requests = sandbox.exchanges().joinToString()
        assertTrue(requests, "; Android ${Build.VERSION.RELEASE}" in requests)
    }

    @Test
    fun `a step-up with the elevated token at the app's backend`() {
        val client = client()
        signIn(client)
        whileMainThreadRuns {
            client.stepUp.sendOtp()
            client.stepUp.verifyOtp(sandbox.code(EMAIL), listOf(TokenScope.WALLET_EXPORT))
            val headers = client.stepUp.authorizationHeaders(TokenScope.WALLET_EXPORT)
            assertEquals(200, sandbox.protected(TokenScope.WALLET_EXPORT, headers))
        }
    }

    /** A visit to the provider, as the system plays it. */
    private inner class Visiting(client: StepUpClient) {
        private val screen = Robolectric.buildActivity(MainActivity::class.java)

        init {
            TestBrowsers(app).install("org.tabs", hasTabs = true)
            screen.setup()
        }

        val outcome = begun { client.auth.signInWithSocial(SocialProvider.Google) }
        private val below = Robolectric.buildActivity(BrowserActivity::class.java, started()).setup()
        val page = started().dataString!!

        /** The process ends, and with it whatever waits for the redirect. */
        fun dies(client: StepUpClient) {
            client.close()
            assertThrows(StepUpException.ClientClosed::class.java) { outcome.ended() }
            runMainThreadUntil { BrowserVisits.isAwaited(Uri.parse("https://evil.example")) }
        }

        fun redirected(url: String) {
            shadowOf(app).clearNextStartedActivities()
            val intent = Intent(Intent.ACTION_VIEW, Uri.parse(url))
            Robolectric.buildActivity(RedirectActivity::class.java, intent).create()
            below.newIntent(started()).pause().resume()
        }

        private fun started(): Intent {
            var intent: Intent? = null
            runMainThreadUntil { shadowOf(app).nextStartedActivity?.also { intent = it } != null }
            return intent!!
        }
    }

    companion object {
        private const val EMAIL = "ada@example.com"
        private const val ACCOUNT = "google-ada"
        private lateinit var sandbox: Sandbox

        @JvmStatic
        @BeforeClass
        fun startTheSandbox() {
            sandbox = Sandbox.start()
        }

        @JvmStatic
        @AfterClass
        fun stopTheSandbox() = sandbox.close()
    }
}
