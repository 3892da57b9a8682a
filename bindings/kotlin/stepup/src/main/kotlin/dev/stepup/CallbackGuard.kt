package dev.stepup

import dev.stepup.core.PlatformException
import java.time.Duration
import kotlin.coroutines.cancellation.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull

/**
 * Calls out to the app, so that whatever it does ends in an answer.
 *
 * @param dispatcher where the app's code runs.
 * @param libraryDeadline how long the library waits.
 */
internal class CallbackGuard(private val dispatcher: CoroutineDispatcher, libraryDeadline: Duration) {
    /** A tenth before the library's, but no more than [MARGIN_MILLIS]. */
    private val deadlineMillis =
        minOf(libraryDeadline, LONGEST).toMillis().let { it - minOf(it / 10, MARGIN_MILLIS) }

    /** Answers at the deadline, whatever the callback does; one that cannot be stopped ends unheard. */
    suspend fun <T> answer(callback: suspend () -> T): T {
        val call = CoroutineScope(dispatcher).async { outcome(callback) }
        try {
            return inTime { call.await() }
        } finally {
            call.cancel()
        }
    }

    /** Cancels the callback at the deadline and answers when it has ended. */
    suspend fun <T> answerWhenEnded(callback: suspend () -> T): T =
        inTime { withContext(dispatcher) { outcome(callback) } }

    private suspend fun <T> inTime(call: suspend () -> Result<T>): T {
        val outcome = try {
            withTimeoutOrNull(deadlineMillis) { call() }
        } catch (cancelled: CancellationException) {
            // Either nobody waits any more, or the dispatcher has been shut down.
            currentCoroutineContext().ensureActive()
            throw failure(cancelled)
        }
        return (outcome ?: throw PlatformException.TimedOut()).getOrThrow()
    }

    /** Catches everything but the cancellation of this coroutine. */
    private suspend fun <T> outcome(callback: suspend () -> T): Result<T> =
        try {
            Result.success(callback())
        } catch (thrown: Throwable) {
            currentCoroutineContext().ensureActive()
            Result.failure(failure(thrown))
        }

    private fun failure(thrown: Throwable): PlatformException =
        when (thrown) {
            is PlatformException -> thrown
            is TimeoutCancellationException -> PlatformException.TimedOut()
            // The type alone: texts of exceptions tend to hold what the callback was given.
            else -> PlatformException.Internal("the callback threw ${thrown.javaClass.name}")
        }

    private companion object {
        const val MARGIN_MILLIS = 250L

        /** That milliseconds can tell. Whether it is too long is for the library to say. */
        val LONGEST: Duration = Duration.ofMillis(Long.MAX_VALUE)
    }
}
