package dev.stepup.android.support

import android.os.Build
import android.os.Looper
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import org.robolectric.Shadows.shadowOf
import org.robolectric.util.ReflectionHelpers

/** What the library does from its own threads: begun here, it goes on while the test plays the person. */
internal fun <T> begun(work: suspend () -> T): Deferred<Result<T>> =
    CoroutineScope(Dispatchers.IO).async { runCatching { work() } }

/** Runs the main thread, which is that of the test, until this has ended. */
internal fun <T> Deferred<Result<T>>.ended(): T {
    runMainThreadUntil { isCompleted }
    return runBlocking { await() }.getOrThrow()
}

internal fun <T> whileMainThreadRuns(then: () -> Unit = {}, work: suspend () -> T): T =
    begun(work).also { then() }.ended()

/** Runs the main thread until this holds. */
internal fun runMainThreadUntil(isDone: () -> Boolean) {
    val end = System.nanoTime() + PATIENCE_NANOS
    while (!isDone()) {
        check(System.nanoTime() < end) { "it takes too long" }
        shadowOf(Looper.getMainLooper()).idle()
        Thread.yield()
    }
}

/** Whatever asks for the version of Android gets this one. */
internal fun onAndroid(level: Int, work: () -> Unit) {
    val real = Build.VERSION.SDK_INT
    ReflectionHelpers.setStaticField(Build.VERSION::class.java, "SDK_INT", level)
    try {
        work()
    } finally {
        ReflectionHelpers.setStaticField(Build.VERSION::class.java, "SDK_INT", real)
    }
}

private const val PATIENCE_NANOS = 30_000_000_000L
