package dev.stepup

import dev.stepup.core.CancelToken
import dev.stepup.core.SessionTokenKind
import dev.stepup.core.StepUpClient
import dev.stepup.core.StepUpException
import dev.stepup.core.insecureInMemoryPlatform
import dev.stepup.support.EMAIL
import dev.stepup.support.SandboxTest
import dev.stepup.support.TestStorage
import dev.stepup.support.World
import dev.stepup.support.eventually
import dev.stepup.support.failure
import java.lang.ref.WeakReference
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private const val EXPORT = TokenScopes.WALLET_EXPORT

/** Clients that are used by many at once, that are shut down, and that are closed. */
internal class LifecycleTest : SandboxTest() {
    @Test
    fun `after shutdown every call says so`() = inWorld {
        signIn()
        verifyByEmail()
        val subClients = listOf(client.mfa(), client.passkeys())
        client.shutdown()
        client.shutdown()
        val calls = listOf<suspend () -> Any?>(
            { client.restore() },
            { auth.session() },
            { auth.logout() },
            { auth.sessionToken(SessionTokenKind.FULL) },
            { stepUp.check(EXPORT) },
            { stepUp.authorizationHeaders(EXPORT) },
            { stepUp.takeElevatedAccessToken(EXPORT) },
            { mfa.methods() },
            { client.passkeys().register() },
        )
        for (call in calls) failure<StepUpException.ClientClosed> { call() }
        client.setForeground(true)
        subClients.forEach { it.close() }
        restart()
        assertTrue(auth.session() != null, "shutdown deletes nothing")
    }

    @Test
    fun `shutdown ends what is under way`() = inWorld {
        signInToAddFactors()
        client.passkeys().register()
        val isShown = CompletableDeferred<Unit>()
        passkeys.before = {
            isShown.complete(Unit)
            awaitCancellation()
        }
        coroutineScope {
            val verify = async(Dispatchers.Default) { runCatching { stepUp.verifyPasskey(listOf(EXPORT)) } }
            isShown.await()
            client.shutdown()
            assertTrue(verify.await().exceptionOrNull() is StepUpException.ClientClosed)
        }
        restart()
    }

    @Test
    fun `shutdown lets go of the app's objects`() = inWorld {
        val (other, storage) = clientWithItsOwnStorage()
        other.restore()
        other.shutdown()
        eventually("the storage is garbage") {
            System.gc()
            storage.get() == null
        }
        other.close()
    }

    private fun World.clientWithItsOwnStorage(): Pair<StepUpClient, WeakReference<TestStorage>> {
        val storage = TestStorage()
        val client = StepUpClient(config.copy(storageNamespace = "other"), safePlatform(storage, keys))
        return client to WeakReference(storage)
    }

    @Test
    fun `closing twice does no harm, and using what is closed is refused`() = inWorld {
        val closed = StepUpClient(config.copy(storageNamespace = "closed"), platform())
        val stepUp = closed.stepUp()
        closed.close()
        closed.close()
        failure<IllegalStateException> { closed.shutdown() }
        failure<IllegalStateException> { closed.auth() }
        failure<IllegalStateException> { closed.restore() }
        assertFalse(stepUp.hasElevatedAccessToken(EXPORT), "a sub-client lives for itself")
        stepUp.close()
        failure<IllegalStateException> { stepUp.hasElevatedAccessToken(EXPORT) }
        failure<IllegalStateException> { stepUp.check(EXPORT) }
    }

    @Test
    fun `what is closed cannot be handed in`() = inWorld {
        val cancel = CancelToken().apply { close() }
        val platform = insecureInMemoryPlatform().apply { destroy() }
        failure<IllegalStateException> { auth.sendEmailOtp(EMAIL, cancel) }
        failure<IllegalStateException> { StepUpClient(config.copy(storageNamespace = "other"), platform) }
        signIn()
    }

    @Test
    fun `a client is closed while a call is under way`() = inWorld {
        signIn()
        sandbox.fault("POST", "stepUp/check", """{"latencyMs": 500}""")
        coroutineScope {
            val stepUp = client.stepUp()
            val check = async(Dispatchers.Default) { stepUp.check(EXPORT) }
            eventually("the request is under way") { sandbox.arrived("stepUp/check") == 1 }
            stepUp.close()
            assertTrue(check.await().isConfirmed)
        }
    }

    @Test
    fun `a hundred calls at once`() = inWorld {
        signIn()
        sandbox.fault("POST", "stepUp/check", """{"latencyMs": 500}""")
        val checks = atOnce { stepUp.check(EXPORT) }
        assertTrue(checks.all { it.isRequired && it.isConfirmed })
        assertEquals(1, sandbox.arrived("stepUp/check"), "identical checks share a request")

        verifyByEmail()
        val taken = atOnce { stepUp.takeElevatedAccessToken(EXPORT) }
        assertEquals(1, taken.count { it != null }, "a single-use token is handed out once")

        val mixed = atOnce { index ->
            when (index % 5) {
                0 -> mfa.methods().none { it.isEnrolled }
                1 -> auth.session() != null
                2 -> auth.sessionToken(SessionTokenKind.MINIFIED) != null
                3 -> stepUp.isRequired(TokenScopes.CREDENTIAL_LINK)
                else -> auth.refresh().duties.isEmpty()
            }
        }
        assertTrue(mixed.all { it })
    }

    private suspend fun <T> atOnce(call: suspend (Int) -> T): List<T> = coroutineScope {
        List(100) { index -> async(Dispatchers.Default) { call(index) } }.awaitAll()
    }
}
