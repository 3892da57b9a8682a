package dev.stepup.okhttp

import dev.stepup.core.StepUpException
import java.io.IOException
import java.io.InterruptedIOException
import kotlin.coroutines.cancellation.CancellationException
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.job
import kotlinx.coroutines.runBlocking
import okhttp3.Call
import okhttp3.EventListener

/** Waits, on the call's own thread, for what suspends. It ends with the call, and fails as calls do. */
internal fun <T> Call.await(work: suspend () -> T): T =
    try {
        runBlocking {
            val job = coroutineContext.job
            addEventListener(object : EventListener() {
                override fun canceled(call: Call) = job.cancel()
            })
            // Cancelled before there was a listener? A call of the library begins at once, cancelled or not.
            if (isCanceled()) job.cancel()
            job.ensureActive()
            work()
        }
    } catch (_: CancellationException) {
        throw IOException("Canceled")
    } catch (_: InterruptedException) {
        Thread.currentThread().interrupt()
        throw InterruptedIOException("interrupted")
    } catch (failure: StepUpException) {
        throw StepUpIOException(failure)
    } catch (thrown: Exception) {
        // From the app's screen: on OkHttp's thread anything else would end the app.
        throw IOException("the step-up failed", thrown)
    }
