package dev.stepup.okhttp

import dev.stepup.StepUpFlow
import dev.stepup.core.StepUpException
import dev.stepup.core.StepUpFlowEnd
import dev.stepup.core.StepUpFlowState
import dev.stepup.support.eventually
import dev.stepup.support.failure
import java.io.IOException
import java.io.InterruptedIOException
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private const val CHECK = "stepUp/check"

/** A screen that shows a flow to nobody, until it is taken away. */
private class Waiting {
    val shown = CompletableDeferred<StepUpFlow>()
    val isGone = CompletableDeferred<Unit>()

    val present: suspend (StepUpFlow) -> Unit = { flow ->
        try {
            shown.complete(flow)
            awaitCancellation()
        } finally {
            isGone.complete(Unit)
        }
    }
}

/** Calls that wait for a user. */
internal class WaitingTest : OkHttpTest() {
    @Test
    fun `cancelling a call cancels its step-up`() = inHttpWorld { world ->
        world.signIn()
        val waiting = Waiting()
        val call = http(present = waiting.present).call()
        val outcome = call.begin()
        val flow = waiting.shown.await()
        call.cancel()
        assertEquals("Canceled", failure<IOException> { outcome.await() }.message)
        waiting.isGone.await()
        assertEquals(StepUpFlowState.Cancelled(StepUpFlowEnd.BY_APP), flow.state())
        assertTrue(backend.hops.isEmpty())
    }

    @Test
    fun `a call that was cancelled before takes no token`() = inHttpWorld { world ->
        world.signIn()
        world.verifyByEmail()
        val http = http()
        repeat(20) {
            val call = http.call()
            call.cancel()
            failure<IOException> { call.execute() }
        }
        assertTrue(world.stepUp.hasElevatedAccessToken(EXPORT))
    }

    @Test
    fun `a call whose time is over cancels its step-up`() = inHttpWorld { world ->
        world.signIn()
        val waiting = Waiting()
        val http = http(present = waiting.present) { callTimeout(2, TimeUnit.SECONDS) }
        failure<InterruptedIOException> { http.call().execute() }
        val flow = waiting.shown.await()
        eventually("the flow is cancelled") { flow.state() is StepUpFlowState.Cancelled }
    }

    @Test
    fun `an interrupted thread ends its call`() = inHttpWorld { world ->
        world.signIn()
        val waiting = Waiting()
        val http = http(present = waiting.present)
        val outcome = http.call().begin()
        waiting.shown.await()
        http.dispatcher.executorService.shutdownNow()
        failure<InterruptedIOException> { outcome.await() }
        waiting.isGone.await()
    }

    @Test
    fun `calls at once share a flow and a screen, and a reusable token`() = inHttpWorld(TIME_BOUND) { world ->
        world.signIn()
        val http = http(present = typeCode)
        val statuses = coroutineScope {
            List(8) { async(Dispatchers.IO) { http.call().status() } }.awaitAll()
        }
        assertEquals(List(8) { 200 }, statuses)
        assertEquals(1, presented.size)
        assertEquals(1, world.sandbox.arrived("emailVerifications/verify"))
    }

    @Test
    fun `calls at once use a single-use token once`() = inHttpWorld { world ->
        world.signIn()
        world.verifyByEmail()
        val http = http()
        val outcomes = coroutineScope {
            List(8) { async(Dispatchers.IO) { runCatching { http.call().status() } } }.awaitAll()
        }
        assertEquals(1, outcomes.count { it.getOrNull() == 200 })
        val others = outcomes.mapNotNull { it.exceptionOrNull() }
        assertEquals(7, others.size)
        assertTrue(others.all { it.cause is StepUpException.StepUpRequired }, "$others")
        assertHops(API to "bearer, token")
    }

    @Test
    fun `when the call that shows a flow ends the next one shows it`() = inHttpWorld(TIME_BOUND) { world ->
        world.signIn()
        val waiting = Waiting()
        val http = http(present = { flow ->
            if (waiting.shown.isCompleted) typeCode(flow) else waiting.present(flow)
        })
        val first = http.call()
        val cancelled = first.begin()
        waiting.shown.await()
        val checks = world.sandbox.arrived(CHECK)
        val second = http.call().begin()
        eventually("the second call has found out that it needs the flow") {
            world.sandbox.exchanges(CHECK).drop(checks).any { it.status != null }
        }
        // By the time that these are answered it has joined it; else it would begin one of its own.
        repeat(5) { world.stepUp.check(EXPORT) }
        first.cancel()
        failure<IOException> { cancelled.await() }
        assertEquals(200, second.await())
        assertEquals(1, world.sandbox.arrived("emailVerifications/verify"))
    }
}
