package dev.stepup

import dev.stepup.core.StepUpException
import dev.stepup.core.TokenScope
import dev.stepup.support.EMAIL
import dev.stepup.support.Need
import dev.stepup.support.SHORT_DEADLINES
import dev.stepup.support.SandboxTest
import dev.stepup.support.World
import dev.stepup.support.eventually
import dev.stepup.support.failure
import dev.stepup.support.needs
import java.util.concurrent.CountDownLatch
import kotlin.coroutines.cancellation.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** Callbacks that do what they should not: the call ends in a typed error, and the next one works. */
internal class CallbacksTest : SandboxTest() {
    private val throwables = listOf(
        IllegalStateException(EMAIL),
        StackOverflowError(EMAIL),
        AssertionError(EMAIL),
        NoClassDefFoundError(EMAIL),
        Throwable(EMAIL),
    )

    @TestFactory
    fun `a callback that throws`(): List<DynamicTest> = needs.flatMap { need ->
        throwables.map { thrown ->
            dynamicTest("${need.name}, ${thrown.javaClass.simpleName}") {
                inWorld(need.policy) {
                    need.prepare(this)
                    need.callback(this).before = { throw thrown }
                    val failure = failure<StepUpException> { need.call(this, null) }
                    assertTrue(need.hasFailed(failure), failure.stackTraceToString())
                    assertFalse(EMAIL in failure.stackTraceToString() + log.text())
                    worksAgain(need)
                }
            }
        }
    }

    @TestFactory
    fun `a callback that hangs`(): List<DynamicTest> = needs.map { need ->
        dynamicTest(need.name) {
            inWorld(need.policy, SHORT_DEADLINES) {
                need.prepare(this)
                val wasCancelled = CompletableDeferred<Unit>()
                need.callback(this).before = {
                    try {
                        awaitCancellation()
                    } finally {
                        wasCancelled.complete(Unit)
                    }
                }
                val failure = failure<StepUpException> { need.call(this, null) }
                assertTrue(need.hasTimedOut(failure), failure.stackTraceToString())
                wasCancelled.await()
                worksAgain(need)
            }
        }
    }

    @TestFactory
    fun `a callback that blocks its thread and answers late`(): List<DynamicTest> = needs.map { need ->
        dynamicTest(need.name) {
            inWorld(need.policy, SHORT_DEADLINES) {
                need.prepare(this)
                val released = CountDownLatch(1)
                need.callback(this).before = { released.await() }
                try {
                    val failure = failure<StepUpException> { need.call(this, null) }
                    assertTrue(need.hasTimedOut(failure), failure.stackTraceToString())
                } finally {
                    released.countDown()
                }
                worksAgain(need)
            }
        }
    }

    @TestFactory
    fun `a screen that is gone is a person who declines`(): List<DynamicTest> =
        needs.filter { it.asksPerson }.map { need ->
            dynamicTest(need.name) {
                inWorld(need.policy) {
                    need.prepare(this)
                    need.callback(this).before = { throw CancellationException(EMAIL) }
                    failure<StepUpException.Cancelled> { need.call(this, null) }
                    worksAgain(need)
                }
            }
        }

    private suspend fun World.worksAgain(need: Need) {
        need.callback(this).before = {}
        need.call(this, null)
    }

    @Test
    fun `a late write does not bring back who has signed out`() = inWorld(deadlines = SHORT_DEADLINES) {
        val released = CountDownLatch(1)
        val isWritten = CompletableDeferred<Unit>()
        auth.sendEmailOtp(EMAIL)
        storage.before = { call -> if (call == "put") released.await() }
        failure<StepUpException.TimedOut> { auth.signInWithOtp(sandbox.code(EMAIL)) }
        auth.logout()
        assertTrue(storage.records.isEmpty())

        val deletions = storage.calls.count { it == "delete" }
        storage.before = { isWritten.complete(Unit) }
        released.countDown()
        isWritten.await()
        eventually("the deletion is repeated after the late write") {
            storage.calls.count { it == "delete" } > deletions && storage.records.isEmpty()
        }
    }

    @Test
    fun `a log that throws or hangs is lost, and nothing else`() = inWorld {
        log.before = { throw StackOverflowError() }
        signIn()
        log.before = { awaitCancellation() }
        verifyByEmail()
        assertEquals(200, proceed())
    }

    @Test
    fun `the log tells what happened and no secret`() = inWorld {
        signIn()
        verifyByEmail()
        val token = stepUp.takeElevatedAccessToken(TokenScope.WALLET_EXPORT)!!.value
        eventually("the requests are in the log") { log.records.size >= sandbox.exchanges().size }
        for (secret in listOf(EMAIL, sandbox.code(EMAIL), token, token.substringAfterLast('.'), "eyJ")) {
            assertFalse(secret in log.text(), log.text())
        }
    }

    @Test
    fun `a callback may call back into the client`() = inWorld {
        signInToAddFactors()
        client.mfa.passkeys.register()
        keys.before = { assertFalse(stepUp.hasElevatedAccessToken(TokenScope.WALLET_EXPORT)) }
        passkeys.before = { assertSame(true, stepUp.isRequired(TokenScope.WALLET_EXPORT)) }
        log.before = { auth.session() }
        stepUp.verifyPasskey(listOf(TokenScope.WALLET_EXPORT))
        assertEquals(200, proceed())
    }

    @Test
    fun `a storage that waits for the client ends by its deadline`() = inWorld(deadlines = SHORT_DEADLINES) {
        storage.before = { auth.session() }
        failure<StepUpException.TimedOut> { client.restore() }
        storage.before = {}
        assertEquals(null, auth.session())
    }

    @Test
    fun `keys that are lost end the session and are made anew`() = inWorld {
        signIn()
        keys.loseAll()
        restart()
        failure<StepUpException.KeyLost> { stepUp.sendOtp() }
        signIn()
        assertTrue(verifyByEmail().singleUse)
    }
}
