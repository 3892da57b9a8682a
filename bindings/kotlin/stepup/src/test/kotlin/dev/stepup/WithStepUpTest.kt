package dev.stepup

import dev.stepup.core.HttpHeader
import dev.stepup.core.StepUpException
import dev.stepup.core.StepUpFlowEnd
import dev.stepup.core.StepUpFlowState
import dev.stepup.core.TokenScope
import dev.stepup.support.EMAIL
import dev.stepup.support.SandboxTest
import dev.stepup.support.Screen
import dev.stepup.support.World
import dev.stepup.support.failure
import kotlin.coroutines.cancellation.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private val EXPORT = TokenScope.WALLET_EXPORT

/** Its token serves until it is over. */
private val UNLINK = TokenScope.CREDENTIAL_UNLINK

/** An operation that is run once more after a step-up, and never otherwise. */
internal class WithStepUpTest : SandboxTest() {
    private val presented = mutableListOf<StepUpFlow>()

    private suspend fun World.typeCode(flow: StepUpFlow) {
        presented += flow
        Screen(flow).use { screen ->
            screen.await<StepUpFlowState.AwaitingCode>()
            flow.submit(sandbox.code(EMAIL))
            awaitCancellation()
        }
    }

    private val mayNotPresent: suspend (StepUpFlow) -> Unit = { throw AssertionError("nothing to show") }

    @Test
    fun `refused, stepped up, done`() = inWorld {
        signIn()
        presented.clear()
        var runs = 0
        val status = stepUp.withStepUp(EXPORT, { typeCode(it) }) {
            runs++
            proceed()
        }
        assertEquals(200, status)
        assertEquals(2 to 1, runs to presented.size)
        // The screen may still look at what it was shown.
        assertTrue(presented.single().state() is StepUpFlowState.Granted)
    }

    @Test
    fun `what is not refused for want of this step-up runs once`() = inWorld {
        signIn()
        verifyByEmail()
        assertEquals(200, stepUp.withStepUp(EXPORT, mayNotPresent) { proceed() })
        val refusals = listOf(
            StepUpException.StepUpRequired("export", TokenScope.WALLET_SIGN, false),
            StepUpException.NotSignedIn(null),
            StepUpException.Cancelled(),
            IllegalStateException(),
            CancellationException(),
        )
        for (refusal in refusals) {
            var runs = 0
            val thrown = failure<Exception> {
                stepUp.withStepUp(EXPORT, mayNotPresent) {
                    runs++
                    throw refusal
                }
            }
            assertSame(refusal, thrown)
            assertEquals(1, runs)
        }
        assertEquals(0, sandbox.arrived("stepUp/check"), "no flow was started")
    }

    @Test
    fun `who is refused again is not asked again`() = inWorld {
        signIn()
        val refusal = StepUpException.StepUpRequired("export", EXPORT, true)
        var runs = 0
        val thrown = failure<StepUpException.StepUpRequired> {
            stepUp.withStepUp(EXPORT, { typeCode(it) }) {
                runs++
                throw refusal
            }
        }
        assertSame(refusal, thrown)
        assertEquals(2, runs)
    }

    @Test
    fun `a token that the app's backend refuses is replaced by a new one`() = inWorld {
        signIn()
        verifyByEmail(UNLINK)
        presented.clear()
        // For the server it is over, and the client has not heard what time it is there.
        sandbox.advance(700)
        val sent = mutableListOf<List<HttpHeader>>()
        val status = stepUp.withStepUp(UNLINK, { typeCode(it) }) {
            val headers = stepUp.authorizationHeaders(UNLINK).also { sent += it }
            val answer = sandbox.backend(UNLINK, headers)
            stepUp.ensureNotRefused(UNLINK, headers, answer.status, answer.body.toByteArray())
            answer.status
        }
        assertEquals(200, status)
        assertEquals(2 to 1, sent.size to presented.size)
        assertNotEquals(sent.first().last().value, sent.last().last().value)
    }

    @Test
    fun `a flow that needs nobody is not shown`() = inWorld {
        signIn()
        var runs = 0
        val answer = stepUp.withStepUp(TokenScope.WALLET_SIGN, mayNotPresent) {
            // The app's backend is behind the server by a moment.
            if (runs++ == 0) throw StepUpException.StepUpRequired("sign", TokenScope.WALLET_SIGN, false)
            "signed"
        }
        assertEquals("signed" to 2, answer to runs)
    }

    @Test
    fun `a flow that fails or is cancelled is the end, without a second run`() = inWorld {
        val refusal = StepUpException.StepUpRequired("export", EXPORT, false)
        var runs = 0
        val operation: suspend () -> Unit = {
            runs++
            throw refusal
        }
        failure<StepUpException.NotSignedIn> { stepUp.withStepUp(EXPORT, mayNotPresent, operation) }
        signIn()
        failure<StepUpException.Cancelled> { stepUp.withStepUp(EXPORT, { it.cancel() }, operation) }
        failure<StepUpException.Cancelled> { stepUp.withStepUp(EXPORT, { auth.logout() }, operation) }
        assertEquals(3, runs)
    }

    @Test
    fun `a screen that fails cancels its flow`() {
        for (thrown in listOf(IllegalStateException(), StackOverflowError())) {
            inWorld {
                signIn()
                lateinit var shown: StepUpFlow
                val failure = failure<Throwable> {
                    stepUp.withStepUp(EXPORT, present = { flow ->
                        shown = flow
                        throw thrown
                    }) { proceed() }
                }
                // Coroutines copy what they pass on.
                assertSame(thrown.javaClass, failure.javaClass)
                assertEquals(StepUpFlowState.Cancelled(StepUpFlowEnd.BY_APP), shown.state())
                assertEquals(200, stepUp.withStepUp(EXPORT, { typeCode(it) }) { proceed() })
            }
        }
    }

    @Test
    fun `a screen that is cancelled by itself cancels its flow`() {
        val screens = listOf<suspend () -> Unit>(
            { withTimeout(1) { awaitCancellation() } },
            { CoroutineScope(Job().apply { cancel() }).async { }.await() },
            { throw CancellationException() },
        )
        for (screen in screens) {
            inWorld {
                signIn()
                lateinit var shown: StepUpFlow
                failure<StepUpException.Cancelled> {
                    stepUp.withStepUp(EXPORT, present = { flow ->
                        shown = flow
                        screen()
                    }) { proceed() }
                }
                assertEquals(StepUpFlowState.Cancelled(StepUpFlowEnd.BY_APP), shown.state())
            }
        }
    }

    @Test
    fun `a screen that fails when the flow has ended does not undo what was granted`() {
        val takenAway: suspend (StepUpFlow) -> Unit = { flow ->
            try {
                awaitCancellation()
            } finally {
                check(flow.state() is StepUpFlowState.AwaitingCode) { "a window that is gone" }
            }
        }
        val byItself: suspend (StepUpFlow) -> Unit = { flow ->
            flow.states.first { it is StepUpFlowState.Granted }
            error("a window that is gone")
        }
        for (screen in listOf(takenAway, byItself)) {
            inWorld {
                signIn()
                val status = stepUp.withStepUp(EXPORT, present = { flow ->
                    flow.states.first { it is StepUpFlowState.AwaitingCode }
                    flow.submit(sandbox.code(EMAIL))
                    screen(flow)
                }) { proceed() }
                assertEquals(200, status)
            }
        }
    }

    @Test
    fun `a screen may return before the flow has ended`() = inWorld {
        signIn()
        val shown = CompletableDeferred<StepUpFlow>()
        coroutineScope {
            val call = async(Dispatchers.Default) {
                stepUp.withStepUp(EXPORT, { shown.complete(it) }) { proceed() }
            }
            Screen(shown.await()).use { screen ->
                screen.await<StepUpFlowState.AwaitingCode>()
                screen.flow.submit(sandbox.code(EMAIL))
            }
            assertEquals(200, call.await())
        }
    }

    @Test
    fun `cancelling the coroutine cancels the flow and takes the screen away`() = inWorld {
        signIn()
        val shown = CompletableDeferred<StepUpFlow>()
        val isGone = CompletableDeferred<Unit>()
        var runs = 0
        coroutineScope {
            val call = async(Dispatchers.Default) {
                val present: suspend (StepUpFlow) -> Unit = { flow ->
                    try {
                        shown.complete(flow)
                        awaitCancellation()
                    } finally {
                        isGone.complete(Unit)
                    }
                }
                stepUp.withStepUp(EXPORT, present) {
                    runs++
                    proceed()
                }
            }
            val flow = shown.await()
            call.cancelAndJoin()
            isGone.await()
            assertEquals(StepUpFlowState.Cancelled(StepUpFlowEnd.BY_APP), flow.state())
        }
        assertEquals(1, runs)
        assertTrue(!stepUp.state().isLoading)
    }

    @Test
    fun `many at once share one flow, and who finds the token spent is told so`() = inWorld {
        signIn()
        presented.clear()
        val isStepped = CompletableDeferred<Unit>()
        val outcomes = coroutineScope {
            List(10) {
                async(Dispatchers.Default) {
                    runCatching {
                        stepUp.withStepUp(EXPORT, { flow ->
                            if (isStepped.complete(Unit)) typeCode(flow) else awaitCancellation()
                        }) { proceed() }
                    }
                }
            }.awaitAll()
        }
        assertEquals(1, outcomes.count { it.getOrNull() == 200 }, "the token serves once")
        val others = outcomes.mapNotNull { it.exceptionOrNull() }
        assertTrue(others.all { it is StepUpException.StepUpRequired }, "$others")
        assertEquals(1, sandbox.arrived("emailVerifications/verify"))
    }
}
