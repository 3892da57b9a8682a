package dev.stepup

import dev.stepup.core.CancelToken
import dev.stepup.core.Platform
import dev.stepup.core.SessionTokenKind
import dev.stepup.core.StepUpException
import dev.stepup.core.TokenScope
import dev.stepup.core.insecureInMemoryPlatform
import dev.stepup.support.EMAIL
import dev.stepup.support.SandboxTest
import dev.stepup.support.TestStorage
import dev.stepup.support.World
import dev.stepup.support.eventually
import dev.stepup.support.failure
import java.lang.ref.WeakReference
import java.util.concurrent.Executors
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private val EXPORT = TokenScope.WALLET_EXPORT

/** Clients that are used by many at once, that are shut down, and that are closed. */
internal class LifecycleTest : SandboxTest() {
    @Test
    fun `after shutdown every call says so`() = inWorld {
        signIn()
        verifyByEmail()
        client.close()
        client.close()
        val calls = listOf<suspend () -> Any?>(
            { client.restore() },
            { auth.session() },
            { auth.logout() },
            { auth.sessionToken(SessionTokenKind.FULL) },
            { stepUp.check(EXPORT) },
            { stepUp.authorizationHeaders(EXPORT) },
            { stepUp.takeElevatedAccessToken(EXPORT) },
            { mfa.methods() },
            { client.mfa.passkeys.register() },
        )
        for (call in calls) failure<StepUpException.ClientClosed> { call() }
        client.setForeground(true)
        restart()
        assertTrue(auth.session() != null, "shutdown deletes nothing")
    }

    @Test
    fun `shutdown ends what is under way`() = inWorld {
        signInToAddFactors()
        client.mfa.passkeys.register()
        val isShown = CompletableDeferred<Unit>()
        passkeys.before = {
            isShown.complete(Unit)
            awaitCancellation()
        }
        coroutineScope {
            val verify = async(Dispatchers.Default) { runCatching { stepUp.verifyPasskey(listOf(EXPORT)) } }
            isShown.await()
            client.close()
            assertTrue(verify.await().exceptionOrNull() is StepUpException.ClientClosed)
        }
        restart()
    }

    @Test
    fun `shutdown lets go of the app's objects`() = inWorld {
        val (other, storage) = clientWithItsOwnStorage()
        other.restore()
        other.close()
        eventually("the storage is garbage") {
            System.gc()
            storage.get() == null
        }
        other.close()
    }

    private fun World.clientWithItsOwnStorage(): Pair<StepUpClient, WeakReference<TestStorage>> {
        val storage = TestStorage()
        val client = StepUpClient(config.copy(storageNamespace = "other"), Platform(storage, keys))
        return client to WeakReference(storage)
    }

    @Test
    fun `closing twice does no harm, and using what is closed is refused`() = inWorld {
        val closed = StepUpClient(config.copy(storageNamespace = "closed"), platform())
        val stepUp = closed.stepUp
        closed.close()
        closed.close()
        failure<StepUpException.ClientClosed> { closed.restore() }
        failure<StepUpException.ClientClosed> { closed.auth.session() }
        failure<StepUpException.ClientClosed> { stepUp.check(EXPORT) }
        failure<StepUpException.ClientClosed> { stepUp.states }
        assertFalse(stepUp.hasElevatedAccessToken(EXPORT))
        val untouched = StepUpClient(config.copy(storageNamespace = "closed"), platform())
        untouched.close()
        failure<StepUpException.ClientClosed> { untouched.auth }
    }

    @Test
    fun `what is closed cannot be handed in`() = inWorld {
        val cancel = CancelToken().apply { close() }
        val platform = insecureInMemoryPlatform().apply { destroy() }
        failure<IllegalStateException> { auth.sendEmailOtp(EMAIL, cancel) }
        StepUpClient(config.copy(storageNamespace = "other"), platform).use { other ->
            failure<StepUpException.StorageFailed> { other.restore() }
        }
        signIn()
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
                3 -> stepUp.isRequired(TokenScope.CREDENTIAL_LINK)
                else -> auth.refresh().duties.isEmpty()
            }
        }
        assertTrue(mixed.all { it })
    }

    @Test
    fun `calls from any dispatcher`() = inWorld {
        signIn()
        val executor = Executors.newSingleThreadExecutor()
        executor.asCoroutineDispatcher().use { single ->
            for (dispatcher in listOf(single, Dispatchers.Default, Dispatchers.IO, Dispatchers.Unconfined)) {
                withContext(dispatcher) {
                    assertTrue(stepUp.check(EXPORT).isConfirmed)
                    assertEquals(auth.session(), auth.sessions.first { it != null })
                }
            }
        }
    }

    private suspend fun <T> atOnce(call: suspend (Int) -> T): List<T> = coroutineScope {
        List(100) { index -> async(Dispatchers.Default) { call(index) } }.awaitAll()
    }
}
