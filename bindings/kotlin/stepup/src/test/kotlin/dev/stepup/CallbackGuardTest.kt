package dev.stepup

import dev.stepup.core.PlatformException
import dev.stepup.support.failure
import java.time.Duration
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import kotlin.coroutines.cancellation.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private const val SECRET = "eyJhbGciOi"

/** What a guarded callback answers with, seen from the library's side. */
internal class CallbackGuardTest {
    private val patient = CallbackGuard(Dispatchers.IO, Duration.ofMinutes(1))
    private val brief = CallbackGuard(Dispatchers.IO, Duration.ofMillis(300))

    private val throwables = listOf(
        IllegalStateException(SECRET),
        AssertionError(SECRET),
        NoClassDefFoundError(SECRET),
        OutOfMemoryError(SECRET),
        Throwable(SECRET),
        CancellationException(SECRET),
    )

    @Test
    fun `whatever is thrown becomes an answer without its text`() = runBlocking<Unit> {
        for (thrown in throwables) {
            val answers = listOf(
                failure<PlatformException.Internal> { patient.answer { throw thrown } },
                failure<PlatformException.Internal> { patient.answerWhenEnded { throw thrown } },
            )
            for (answer in answers) {
                assertFalse(SECRET in answer.stackTraceToString(), thrown.toString())
                assertTrue(thrown.javaClass.name in answer.reason)
            }
        }
    }

    @Test
    fun `an overflow of the stack is caught where it happens`() {
        fun endless(depth: Int): Int = endless(depth + 1) + 1
        runBlocking<Unit> {
            val answer = failure<PlatformException.Internal> { patient.answer { endless(0) } }
            assertTrue(StackOverflowError::class.java.name in answer.reason)
        }
    }

    @Test
    fun `an error that the library knows is passed on`() = runBlocking<Unit> {
        val locked = PlatformException.Locked()
        assertSame(locked, failure<PlatformException.Locked> { patient.answer { throw locked } })
        assertSame(locked, failure<PlatformException.Locked> { patient.answerWhenEnded { throw locked } })
    }

    @Test
    fun `an answer is passed on, none too`() = runBlocking<Unit> {
        assertEquals(listOf(null, "a"), listOf(patient.answer { null }, patient.answerWhenEnded { "a" }))
    }

    @Test
    fun `the app's own time limit is a time limit`() = runBlocking<Unit> {
        failure<PlatformException.TimedOut> { patient.answer { withTimeout(1) { awaitCancellation() } } }
    }

    @Test
    fun `who hangs is cancelled and answered for in time`() = runBlocking<Unit> {
        val ended = CompletableDeferred<Unit>()
        val hangs: suspend () -> Unit = {
            try {
                awaitCancellation()
            } finally {
                ended.complete(Unit)
            }
        }
        failure<PlatformException.TimedOut> { brief.answer(hangs) }
        ended.await()
        failure<PlatformException.TimedOut> { brief.answerWhenEnded(hangs) }
    }

    @Test
    fun `who blocks a thread is answered for in time, a writer when it has ended`() = runBlocking<Unit> {
        val released = CountDownLatch(1)
        failure<PlatformException.TimedOut> { brief.answer { released.await() } }
        val isWriting = CompletableDeferred<Unit>()
        val blocks: suspend () -> Unit = {
            isWriting.complete(Unit)
            released.await()
        }
        val write = async(Dispatchers.Default) { runCatching { brief.answerWhenEnded(blocks) } }
        isWriting.await()
        failure<PlatformException.TimedOut> { brief.answer { awaitCancellation() } }
        assertFalse(write.isCompleted, "the same time later the writer has not been given up")
        released.countDown()
        assertTrue(write.await().exceptionOrNull() is PlatformException.TimedOut)
    }

    @Test
    fun `a cancellation from outside goes through to the callback`() = runBlocking<Unit> {
        val ways = listOf<suspend (suspend () -> Unit) -> Unit>(patient::answer, patient::answerWhenEnded)
        for (guarded in ways) {
            val (begun, ended) = List(2) { CompletableDeferred<Unit>() }
            val call = async(Dispatchers.Default) {
                guarded {
                    try {
                        begun.complete(Unit)
                        awaitCancellation()
                    } finally {
                        ended.complete(Unit)
                    }
                }
            }
            begun.await()
            call.cancelAndJoin()
            ended.await()
            failure<CancellationException> { call.await() }
        }
    }

    @Test
    fun `a dispatcher that has been shut down is answered for`() = runBlocking<Unit> {
        val dispatcher = Executors.newSingleThreadExecutor().asCoroutineDispatcher().apply { close() }
        val guard = CallbackGuard(dispatcher, Duration.ofMinutes(1))
        failure<PlatformException.Internal> { guard.answer { "never run" } }
        failure<PlatformException.Internal> { guard.answerWhenEnded { "never run" } }
    }

    @Test
    fun `the callback runs where it was asked to`() {
        val executor = Executors.newSingleThreadExecutor { Thread(it, "keystore") }
        executor.asCoroutineDispatcher().use { dispatcher ->
            val guard = CallbackGuard(dispatcher, Duration.ofMinutes(1))
            runBlocking {
                val threads = listOf(
                    guard.answer { Thread.currentThread().name },
                    guard.answerWhenEnded { Thread.currentThread().name },
                )
                assertTrue(threads.all { it.startsWith("keystore") }, threads.toString())
            }
        }
    }
}
