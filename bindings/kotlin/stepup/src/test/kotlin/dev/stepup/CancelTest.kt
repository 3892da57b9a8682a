package dev.stepup

import dev.stepup.core.CancelToken
import dev.stepup.core.StepUpException
import dev.stepup.core.TokenScope
import dev.stepup.support.EMAIL
import dev.stepup.support.Need
import dev.stepup.support.SandboxTest
import dev.stepup.support.World
import dev.stepup.support.eventually
import dev.stepup.support.failure
import dev.stepup.support.needs
import kotlin.coroutines.cancellation.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

private const val VERIFY = "emailVerifications/verify"
private const val SIGN_IN = "emailVerifications/signin"

/** The two ways to end a call from outside. */
private enum class Way { TOKEN, COROUTINE }

/** Calls that are ended from outside, before and after their request was handed over to the network. */
internal class CancelTest : SandboxTest() {
    private val export = listOf(TokenScope.WALLET_EXPORT)

    @TestFactory
    fun `before the hand-over nothing is sent and nothing changes`(): List<DynamicTest> = both { way ->
        auth.sendEmailOtp(EMAIL)
        val code = sandbox.code(EMAIL)
        val (isSigning, released) = List(2) { CompletableDeferred<Unit>() }
        keys.before = { call ->
            if (call == "sign") {
                isSigning.complete(Unit)
                released.await()
            }
        }
        cancel(way, { cancel -> auth.signInWithOtp(code, cancel = cancel) }) { isSigning.await() }
        released.complete(Unit)
        keys.before = {}
        assertEquals(null, auth.session())

        auth.signInWithOtp(code)
        assertEquals(1, sandbox.arrived(SIGN_IN), "the first one never left")
    }

    @TestFactory
    fun `after the hand-over the session is kept, the permission not`(): List<DynamicTest> = both { way ->
        signIn()
        val before = stored()
        stepUp.sendOtp()
        val code = sandbox.code(EMAIL)
        sandbox.fault("POST", VERIFY, """{"latencyMs": 1500}""")
        cancel(way, { cancel -> stepUp.verifyOtp(code, export, cancel = cancel) }) {
            eventually("the request is under way") { sandbox.arrived(VERIFY) == 1 }
        }
        assertEquals(null, sandbox.exchanges(VERIFY).single().status, "the caller did not wait for it")

        eventually("the new session is stored") { stored() != before }
        assertEquals(200, sandbox.exchanges(VERIFY).single().status)
        assertFalse(stepUp.hasElevatedAccessToken(TokenScope.WALLET_EXPORT))
        // The server ended the old session: only who has stored the new one is still signed in.
        auth.refresh()
    }

    @TestFactory
    fun `a person whom nobody waits for is not asked any longer`(): List<DynamicTest> =
        needs.filter { it.asksPerson }.flatMap { need ->
            Way.entries.map { way ->
                dynamicTest("${need.name}, by ${way.name.lowercase()}") {
                    inWorld(need.policy) { isNotAskedAnyLonger(need, way) }
                }
            }
        }

    private suspend fun World.isNotAskedAnyLonger(need: Need, way: Way) {
        need.prepare(this)
        val (isShown, isGone) = List(2) { CompletableDeferred<Unit>() }
        need.callback(this).before = {
            try {
                isShown.complete(Unit)
                awaitCancellation()
            } finally {
                isGone.complete(Unit)
            }
        }
        cancel(way, { cancel -> need.call(this, cancel) }) { isShown.await() }
        isGone.await()
        need.callback(this).before = {}
        need.call(this, null)
    }

    @Test
    fun `one who is cancelled does not take the others along`() = inWorld {
        signIn()
        sandbox.fault("POST", "stepUp/check", """{"latencyMs": 700}""")
        coroutineScope {
            val others = List(3) { async(Dispatchers.Default) { stepUp.check(TokenScope.WALLET_EXPORT) } }
            cancel(Way.COROUTINE, { stepUp.check(TokenScope.WALLET_EXPORT, it) }) {
                eventually("the request is under way") { sandbox.arrived("stepUp/check") == 1 }
            }
            assertTrue(others.all { it.await().isConfirmed })
        }
        assertEquals(1, sandbox.arrived("stepUp/check"))
    }

    @Test
    fun `a token ends every call that it is given to, also later`() = inWorld {
        val cancel = CancelToken()
        assertEquals(null, auth.session(cancel))
        cancel.cancel()
        cancel.cancel()
        failure<StepUpException.Cancelled> { auth.session(cancel) }
        failure<StepUpException.Cancelled> { auth.sendEmailOtp(EMAIL, cancel) }
        failure<StepUpException.Cancelled> { stepUp.check(TokenScope.WALLET_SIGN, cancel) }
        assertEquals(0, sandbox.arrived(""))
    }

    private fun both(test: suspend World.(Way) -> Unit): List<DynamicTest> =
        Way.entries.map { way -> dynamicTest("by ${way.name.lowercase()}") { inWorld { test(way) } } }

    private fun World.stored() = storage.text()

    /** Begins a call, ends it from outside when it is [under way][isUnderWay], and looks at how it ends. */
    private suspend fun cancel(
        way: Way,
        call: suspend (CancelToken?) -> Any?,
        isUnderWay: suspend () -> Unit,
    ) = coroutineScope {
        val token = CancelToken()
        val running = async(Dispatchers.Default) { runCatching { call(token) } }
        isUnderWay()
        assertNotEquals(true, running.isCompleted)
        when (way) {
            Way.TOKEN -> {
                token.cancel()
                assertTrue(running.await().exceptionOrNull() is StepUpException.Cancelled)
            }
            Way.COROUTINE -> {
                running.cancelAndJoin()
                failure<CancellationException> { running.await() }
            }
        }
    }
}
