package dev.stepup

import dev.stepup.calls.REGISTRATION
import dev.stepup.calls.onSecondDevice
import dev.stepup.core.StepUpException
import dev.stepup.core.StepUpFilter
import dev.stepup.core.StepUpFlowEnd
import dev.stepup.core.StepUpFlowState
import dev.stepup.core.StepUpFlowState.AwaitingCode
import dev.stepup.core.StepUpFlowState.Cancelled
import dev.stepup.core.StepUpFlowState.Choosing
import dev.stepup.core.StepUpFlowState.Granted
import dev.stepup.core.TokenScope
import dev.stepup.support.EMAIL
import dev.stepup.support.OTHER_EMAIL
import dev.stepup.support.SandboxTest
import dev.stepup.support.Screen
import dev.stepup.support.World
import dev.stepup.support.choose
import dev.stepup.support.eventually
import dev.stepup.support.failure
import dev.stepup.support.isFinal
import dev.stepup.support.methods
import java.util.concurrent.Executors
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.toList
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

private const val CHECK = "stepUp/check"
private const val VERIFY = "emailVerifications/verify"

/** Who shares a flow, and what ends it from outside. */
internal class FlowLifeTest : SandboxTest() {
    private val export = listOf(TokenScope.WALLET_EXPORT)

    @TestFactory
    fun `cancelled while the user is asked`(): List<DynamicTest> = methods.map { way ->
        dynamicTest("$way") {
            inWorld(way.policy) {
                way.prepare(this)
                val (isAsked, isGone) = List(2) { CompletableDeferred<Unit>() }
                val callback = way.callback?.invoke(this)
                callback?.before = {
                    try {
                        isAsked.complete(Unit)
                        awaitCancellation()
                    } finally {
                        isGone.complete(Unit)
                    }
                }
                Screen(stepUp.start(export, way.filter, autoSelect = false)).use { screen ->
                    screen.flow.choose(screen.await<Choosing>(), way.method)
                    if (callback == null) screen.awaitState("question") { it.asksUser } else isAsked.await()
                    screen.flow.cancel()
                    assertEquals(StepUpFlowEnd.BY_APP, screen.await<Cancelled>().reason)
                }
                if (callback != null) isGone.await()
                assertFalse(stepUp.hasElevatedAccessToken(TokenScope.WALLET_EXPORT))
            }
        }
    }

    private val StepUpFlowState.asksUser get() =
        this is AwaitingCode || this is StepUpFlowState.AwaitingExternalJwt

    /** What ends a session, and with it a flow. */
    private val ends: Map<StepUpFlowEnd, suspend World.() -> Unit> = mapOf(
        StepUpFlowEnd.SIGNED_OUT to { auth.logout() },
        StepUpFlowEnd.ANOTHER_SIGN_IN to {
            auth.sendEmailOtp(OTHER_EMAIL)
            auth.signInWithOtp(sandbox.code(OTHER_EMAIL))
        },
        StepUpFlowEnd.CLIENT_CLOSED to { client.close() },
        StepUpFlowEnd.SESSION_ENDED to {
            sandbox.advance(3 * 60 * 60)
            // The client learns from this answer what time it is.
            auth.sendEmailOtp(OTHER_EMAIL)
            failure<StepUpException.NotSignedIn> { auth.refresh() }
        },
        StepUpFlowEnd.KEY_LOST to {
            keys.loseAll()
            failure<StepUpException.KeyLost> { auth.refresh() }
        },
    )

    @TestFactory
    fun `the end of the session`(): List<DynamicTest> = ends.map { (reason, end) ->
        dynamicTest("$reason") {
            inWorld {
                signIn()
                val scopes = export + TokenScope.CREDENTIAL_LINK
                val (typing, choosing) = listOf(
                    Screen(stepUp.start(export)),
                    Screen(stepUp.start(scopes, autoSelect = false)),
                )
                typing.await<AwaitingCode>()
                choosing.await<Choosing>()
                end()
                for (screen in listOf(typing, choosing)) {
                    assertEquals(reason, screen.await<Cancelled>().reason)
                    val late = failure<StepUpException> { screen.flow.submit("123456") }
                    val isOver = late is StepUpException.InvalidTransition
                    assertTrue(isOver || late is StepUpException.ClientClosed, "$late")
                    screen.close()
                }
            }
        }
    }

    @Test
    fun `every end is looked at`() {
        assertEquals(StepUpFlowEnd.entries.toSet(), ends.keys + StepUpFlowEnd.BY_APP)
    }

    @Test
    fun `a sign-out while the server looks at the code leaves nothing behind`() = inWorld {
        signIn()
        Screen(stepUp.start(export)).use { screen ->
            screen.await<AwaitingCode>()
            sandbox.fault("POST", VERIFY, """{"latencyMs": 500}""")
            screen.flow.submit(sandbox.code(EMAIL))
            eventually("the request is under way") { sandbox.arrived(VERIFY) == 1 }
            auth.logout()
            assertEquals(StepUpFlowEnd.SIGNED_OUT, screen.await<Cancelled>().reason)
        }
        eventually("the server has answered") { sandbox.exchanges(VERIFY).single().status != null }
        signIn()
        assertTrue(stepUp.elevations().isEmpty())
    }

    @Test
    fun `who starts the same joins, who starts another one does not`() = inWorld {
        signIn()
        sandbox.fault("POST", CHECK, """{"latencyMs": 300}""")
        val same = List(2) { Screen(client.stepUp.start(export)) }
        val other = Screen(stepUp.start(export, StepUpFilter.ReauthenticationOnly, autoSelect = false))
        same.forEach { it.await<AwaitingCode>() }
        same.last().flow.submit(sandbox.code(EMAIL))
        val granted = same.map { it.await<Granted>() }
        assertEquals(1, granted.toSet().size)
        other.await<Choosing>()
        same.first().flow.cancel()
        other.flow.cancel()
        other.await<Cancelled>()
        assertEquals(granted.first(), same.last().flow.state())
        assertEquals(1, sandbox.arrived(VERIFY))
        (same + other).forEach { it.close() }
    }

    @Test
    fun `a screen that comes back finds its flow as it was`() = inWorld {
        signIn()
        Screen(stepUp.start(export)).use { it.await<AwaitingCode>() }
        Screen(stepUp.start(export)).use { screen ->
            screen.await<AwaitingCode>()
            assertEquals(1, screen.states.size)
            screen.flow.submit(sandbox.code(EMAIL))
            screen.await<Granted>()
        }
        assertEquals(1, sandbox.arrived("emailVerifications/create") - SENT_AT_SIGN_IN)
    }

    @Test
    fun `a hundred start and tap at once`() = inWorld {
        signIn()
        sandbox.fault("POST", CHECK, """{"latencyMs": 500}""")
        val flows = atOnce { stepUp.start(export) }
        val screens = flows.map { Screen(it) }
        screens.forEach { it.await<AwaitingCode>() }
        assertEquals(1, sandbox.arrived(CHECK))

        val code = sandbox.code(EMAIL)
        val taps = atOnce { runCatching { flows[it].submit(code) } }
        assertEquals(1, taps.count { it.isSuccess }, "the first tap counts")
        val others = taps.mapNotNull { it.exceptionOrNull() }
        assertTrue(others.all { it is StepUpException.InvalidTransition }, "$others")
        assertEquals(1, screens.map { it.await<Granted>() }.toSet().size)
        assertEquals(1, sandbox.arrived(VERIFY))
        screens.forEach { it.close() }
    }

    @Test
    fun `screens on other threads are told the same in the same order`() = inWorld {
        signIn()
        val executor = Executors.newSingleThreadExecutor { Thread(it, "main thread") }
        val flow = stepUp.start(export)
        executor.asCoroutineDispatcher().use { main ->
            val dispatchers = listOf(main, Dispatchers.Default, Dispatchers.IO, Dispatchers.Unconfined)
            val told = coroutineScope {
                val screens = dispatchers.map { dispatcher ->
                    val isThere = { dispatcher != main || "main thread" in Thread.currentThread().name }
                    async(dispatcher) { flow.states.onEach { assertTrue(isThere()) }.toList() }
                }
                eventually("a code is awaited") { flow.state() is AwaitingCode }
                flow.submit(sandbox.code(EMAIL))
                screens.awaitAll()
            }
            for (states in told) {
                assertTrue(states.last() is Granted)
                assertEquals(1, states.count { it.isFinal })
                assertEquals(states.distinct(), states)
            }
        }
    }

    @Test
    fun `a flow of a device that must be registered first fails`() = inWorld(REGISTRATION) {
        onSecondDevice { second ->
            Screen(second.stepUp.start(export)).use { screen ->
                val failed = screen.await<StepUpFlowState.Failed>()
                assertTrue(failed.error is StepUpException.DeviceRegistrationRequired, "${failed.error}")
            }
        }
    }

    private suspend fun <T> atOnce(call: suspend (Int) -> T): List<T> = coroutineScope {
        List(100) { index -> async(Dispatchers.Default) { call(index) } }.awaitAll()
    }

    private companion object {
        const val SENT_AT_SIGN_IN = 1
    }
}
