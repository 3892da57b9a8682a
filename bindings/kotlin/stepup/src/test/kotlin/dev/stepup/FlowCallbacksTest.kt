package dev.stepup

import dev.stepup.core.StepUpException
import dev.stepup.core.StepUpFlowState.AwaitingCode
import dev.stepup.core.StepUpFlowState.Cancelled
import dev.stepup.core.StepUpFlowState.Choosing
import dev.stepup.core.StepUpFlowState.Granted
import dev.stepup.core.TokenScope
import dev.stepup.support.CAPTCHA
import dev.stepup.support.EMAIL
import dev.stepup.support.Method
import dev.stepup.support.SHORT_DEADLINES
import dev.stepup.support.SandboxTest
import dev.stepup.support.Screen
import dev.stepup.support.World
import dev.stepup.support.assertTellsNothing
import dev.stepup.support.eventually
import dev.stepup.support.methods
import dev.stepup.support.option
import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.reflect.KClass
import kotlinx.coroutines.awaitCancellation
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** Callbacks that do what they should not while a flow needs them: it is told, and the flow goes on. */
internal class FlowCallbacksTest : SandboxTest() {
    private val export = listOf(TokenScope.WALLET_EXPORT)
    private val ways = methods.filter { it.callback != null }

    /** What a callback does, what the choice then says of its option, and what ends it. */
    private class Misbehaviour(
        val name: String,
        val becomes: KClass<out StepUpException>,
        val end: () -> Unit = {},
        val act: suspend () -> Unit,
    )

    private fun misbehaviours(): List<Misbehaviour> {
        val released = CountDownLatch(1)
        val failed = StepUpException.CallbackFailed::class
        val timedOut = StepUpException.TimedOut::class
        return listOf(
            Misbehaviour("throws", failed) { error(EMAIL) },
            Misbehaviour("throws an Error", failed) { throw NoClassDefFoundError(EMAIL) },
            Misbehaviour("overflows the stack", failed) { throw StackOverflowError(EMAIL) },
            Misbehaviour("hangs", timedOut) { awaitCancellation() },
            Misbehaviour("answers late", timedOut, end = { released.countDown() }) { released.await() },
        )
    }

    @TestFactory
    fun `who asks the user and fails`(): List<DynamicTest> = ways.flatMap { way ->
        misbehaviours().map { bad ->
            dynamicTest("$way, ${bad.name}") {
                inWorld(way.policy, SHORT_DEADLINES) { isMarkedAndWorksAgain(way, bad) }
            }
        }
    }

    private suspend fun World.isMarkedAndWorksAgain(way: Method, bad: Misbehaviour) {
        way.prepare(this)
        val callback = way.callback!!(this)
        callback.before = { bad.act() }
        Screen(stepUp.start(export)).use { screen ->
            val choice = screen.await<Choosing> { it.error != null }
            assertSame(bad.becomes, choice.error!!::class, "${choice.error}")
            assertTellsNothing(choice.error!!)
            assertEquals(choice.error.toString(), choice.option(way.method).error.toString())
            bad.end()
            callback.before = {}
            screen.flow.retry()
            screen.await<Granted>()
        }
        assertFalse(EMAIL in log.text(), log.text())
        assertEquals(200, proceed())
    }

    @TestFactory
    fun `who asks the user may use the client`(): List<DynamicTest> = ways.map { way ->
        dynamicTest("$way") {
            inWorld(way.policy) {
                way.prepare(this)
                way.callback!!(this).before = {
                    assertTrue(stepUp.isRequired(TokenScope.WALLET_EXPORT))
                    assertTrue(stepUp.state().isLoading)
                    stepUp.start(export).state()
                    checkNotNull(auth.session())
                }
                Screen(stepUp.start(export)).use { it.await<Granted>() }
                assertEquals(200, proceed())
            }
        }
    }

    @TestFactory
    fun `who asks the user may end the flow, and what they answer then is not heard`(): List<DynamicTest> =
        ways.map { way ->
            dynamicTest("$way") {
                inWorld(way.policy) {
                    way.prepare(this)
                    val flow = stepUp.start(export)
                    way.callback!!(this).before = { flow.cancel() }
                    Screen(flow).use { it.await<Cancelled>() }
                    way.callback(this).before = {}
                    assertFalse(stepUp.hasElevatedAccessToken(TokenScope.WALLET_EXPORT))
                    Screen(stepUp.start(export)).use { it.await<Granted>() }
                }
            }
        }

    @TestFactory
    fun `a captcha that fails before a code is sent`(): List<DynamicTest> = misbehaviours().map { bad ->
        dynamicTest(bad.name) {
            inWorld(CAPTCHA, SHORT_DEADLINES) {
                restart(platform(captcha))
                signIn()
                captcha.before = { bad.act() }
                Screen(stepUp.start(export)).use { screen ->
                    val choice = screen.await<Choosing> { it.error != null }
                    assertSame(bad.becomes, choice.error!!::class, "${choice.error}")
                    bad.end()
                    captcha.before = {}
                    screen.flow.retry()
                    screen.await<AwaitingCode>()
                }
            }
        }
    }

    @Test
    fun `a storage that waits for the client ends by its deadline`() = inWorld(deadlines = SHORT_DEADLINES) {
        signIn()
        val isFirst = AtomicBoolean(true)
        Screen(stepUp.start(export)).use { screen ->
            screen.await<AwaitingCode>()
            // Renewing the session waits for what is written, and so for itself.
            storage.before = { call -> if (call == "put" && isFirst.getAndSet(false)) auth.refresh() }
            screen.flow.submit(sandbox.code(EMAIL))
            screen.await<Granted>()
        }
        storage.before = {}
        assertFalse(isFirst.get())
        assertEquals(200, proceed())
        auth.refresh()
    }

    @TestFactory
    fun `a storage that fails while the code is looked at`(): List<DynamicTest> = misbehaviours().map { bad ->
        dynamicTest(bad.name) {
            inWorld(deadlines = SHORT_DEADLINES) {
                signIn()
                Screen(stepUp.start(export)).use { screen ->
                    screen.await<AwaitingCode>()
                    storage.before = { bad.act() }
                    screen.flow.submit(sandbox.code(EMAIL))
                    // What counts is the token, and a single-use one is not stored.
                    screen.await<Granted>()
                }
                bad.end()
                storage.before = {}
                assertEquals(200, proceed())
                auth.refresh()
                eventually("the session is written again") { storage.records.isNotEmpty() }
                restart()
                auth.refresh()
            }
        }
    }
}
