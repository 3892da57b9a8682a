package dev.stepup

import dev.stepup.core.StepUpException
import dev.stepup.core.StepUpFlowState
import dev.stepup.core.StepUpState
import dev.stepup.core.Subscription
import dev.stepup.core.TokenScope
import dev.stepup.support.EMAIL
import dev.stepup.support.SHORT_DEADLINES
import dev.stepup.support.SandboxTest
import dev.stepup.support.TestElevationListener
import dev.stepup.support.TestSessionListener
import dev.stepup.support.TestStepUpFlowListener
import dev.stepup.support.TestStepUpStateListener
import dev.stepup.support.Told
import dev.stepup.support.World
import dev.stepup.support.eventually
import dev.stepup.support.failure
import dev.stepup.support.isFinal
import java.lang.ref.WeakReference
import java.util.Optional
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.awaitCancellation
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** Listeners that do what they should not: they miss a value, and nobody else misses anything. */
internal class ListenersTest : SandboxTest() {
    private val export = listOf(TokenScope.WALLET_EXPORT)
    private val nothing = StepUpState(isLoading = false, error = null, pendingCode = null)

    /** Something that can be observed, and how it comes to change. */
    private class Observed(
        val name: String,
        val subscribe: World.() -> Pair<Told<*>, Subscription>,
        val change: suspend World.() -> Unit,
        val present: suspend World.() -> Any,
    )

    private val observed = listOf(
        Observed(
            "session",
            { TestSessionListener().let { it to auth.subscribe(it) } },
            { auth.logout() },
            { Optional.ofNullable(auth.session()) },
        ),
        Observed(
            "elevations",
            { TestElevationListener().let { it to stepUp.subscribeElevations(it) } },
            { verifyByEmail() },
            { stepUp.elevations() },
        ),
        Observed(
            "state",
            { TestStepUpStateListener().let { it to stepUp.subscribe(it) } },
            { stepUp.sendOtp() },
            { stepUp.state() },
        ),
        Observed(
            "flow",
            {
                val listener = TestStepUpFlowListener()
                listener to stepUp.start(export).subscribe(listener)
            },
            {
                val flow = stepUp.start(export)
                eventually("a code is awaited") { flow.state() is StepUpFlowState.AwaitingCode }
                flow.back()
            },
            { stepUp.start(export).state() },
        ),
    )

    private class Misbehaviour(val name: String, val end: () -> Unit = {}, val act: suspend () -> Unit)

    private fun misbehaviours(): List<Misbehaviour> {
        val released = CountDownLatch(1)
        return listOf(
            Misbehaviour("throws") { error(EMAIL) },
            Misbehaviour("overflows the stack") { throw StackOverflowError(EMAIL) },
            Misbehaviour("hangs") { awaitCancellation() },
            Misbehaviour("blocks a thread", end = { released.countDown() }) { released.await() },
        )
    }

    @TestFactory
    fun `who misbehaves misses that value only`(): List<DynamicTest> = observed.flatMap { observed ->
        misbehaviours().map { bad ->
            dynamicTest("${observed.name}, ${bad.name}") {
                inWorld(deadlines = SHORT_DEADLINES) {
                    try {
                        missesFirstValueOnly(observed, bad)
                    } finally {
                        bad.end()
                    }
                }
            }
        }
    }

    private suspend fun World.missesFirstValueOnly(observed: Observed, misbehaviour: Misbehaviour) {
        signIn()
        val (bad, badSubscription) = observed.subscribe(this)
        bad.before = { if (bad.calls.size == 1) misbehaviour.act() }
        val (good, subscription) = observed.subscribe(this)
        eventually("both are told") { bad.calls.size >= 1 && good.told.size >= 1 }
        observed.change(this)
        val present = observed.present(this)
        for (listener in listOf(bad, good)) {
            eventually("the latest is told") { listener.told.lastOrNull() == present }
        }
        assertFalse(EMAIL in log.text())
        badSubscription.close()
        subscription.close()
    }

    @Test
    fun `listeners that block more threads than the machine has`() = inWorld(deadlines = SHORT_DEADLINES) {
        val released = CountDownLatch(1)
        val stuck = List(2 * Runtime.getRuntime().availableProcessors() + 2) {
            TestSessionListener().apply { before = { released.await() } }
        }
        val subscriptions = stuck.map { auth.subscribe(it) }
        try {
            eventually("all are told") { stuck.all { it.calls.size == 1 } }
            signIn()
            verifyByEmail()
            assertEquals(200, proceed())
        } finally {
            released.countDown()
        }
        eventually("all are told the latest") { stuck.all { it.told.lastOrNull()?.isPresent == true } }
        subscriptions.forEach { it.close() }
    }

    @Test
    fun `who is slow misses what came and went, not the latest`() = inWorld {
        val listener = TestSessionListener()
        val slow = CountDownLatch(1)
        listener.before = { slow.await() }
        auth.subscribe(listener).use {
            eventually("it is told") { listener.calls.size == 1 }
            signIn()
            auth.logout()
            val session = signIn()
            slow.countDown()
            eventually("the latest is told") { listener.told.lastOrNull() == Optional.of(session) }
            assertEquals(2, listener.told.size)
        }
    }

    @Test
    fun `a listener is told on the dispatcher for listeners`() = inWorld {
        val executor = Executors.newSingleThreadExecutor { Thread(it, "main thread") }
        executor.asCoroutineDispatcher().use { main ->
            val config = config.copy(storageNamespace = "other")
            StepUpClient(config, platform(), CallbackDispatchers(listeners = main)).use { other ->
                val threads = ConcurrentLinkedQueue<String>()
                val listener = TestSessionListener()
                listener.before = { threads += Thread.currentThread().name }
                other.auth.subscribe(listener).use {
                    eventually("it is told") { threads.size == 1 }
                }
                assertTrue("main thread" in threads.single())
            }
        }
    }

    @Test
    fun `the end of a flow lets go of its listener`() = inWorld {
        signIn()
        val flow = stepUp.start(export)
        val (subscription, listener) = subscribed(flow)
        flow.cancel()
        eventually("the listener is garbage") {
            System.gc()
            listener.get() == null
        }
        subscription.close()
    }

    private suspend fun subscribed(flow: StepUpFlow): Pair<Subscription, WeakReference<Any>> {
        val listener = TestStepUpFlowListener()
        val subscription = flow.subscribe(listener)
        eventually("the present state is told") { listener.told.isNotEmpty() }
        return subscription to WeakReference(listener)
    }

    @Test
    fun `a screen may act from within its listener`() = inWorld {
        signIn()
        val flow = stepUp.start(export)
        val screen = TestStepUpFlowListener()
        screen.before = {
            when (flow.state()) {
                is StepUpFlowState.AwaitingCode -> flow.submit(sandbox.code(EMAIL))
                is StepUpFlowState.Granted -> assertEquals(200, proceed())
                else -> assertEquals(EMAIL, auth.session()?.user?.email)
            }
        }
        flow.subscribe(screen).use {
            eventually("the end is told") { screen.told.lastOrNull()?.isFinal == true }
        }
        assertEquals(emptyList<Any>(), stepUp.elevations())
    }

    @Test
    fun `a listener may use the client in each of its calls`() = inWorld {
        signIn()
        val spender = TestElevationListener()
        spender.before = { stepUp.takeElevatedAccessToken(TokenScope.WALLET_EXPORT) }
        val resetter = TestStepUpStateListener()
        resetter.before = { if (stepUp.state().error != null) stepUp.reset() }
        val leaver = TestSessionListener()
        val subscriptions = listOf(
            stepUp.subscribeElevations(spender),
            stepUp.subscribe(resetter),
        )
        verifyByEmail()
        eventually("it is spent") { stepUp.elevations().isEmpty() && spender.told.lastOrNull()?.size == 0 }
        failure<StepUpException.InvalidCode> { stepUp.verifyTotp("12", export) }
        eventually("the error is reset") { resetter.told.lastOrNull() == nothing && spender.calls.size > 1 }
        auth.subscribe(leaver.apply { before = { auth.logout() } }).use {
            eventually("nobody is signed in") { leaver.told.lastOrNull() == Optional.empty<Any>() }
        }
        subscriptions.forEach { it.close() }
    }
}
