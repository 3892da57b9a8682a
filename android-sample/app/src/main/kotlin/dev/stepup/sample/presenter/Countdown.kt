package dev.stepup.sample.presenter

import java.time.Duration
import java.time.Instant
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.flow

/** How many seconds are left until a moment, each number once, and 0 as the last one. */
internal fun secondsUntil(moment: Instant, now: () -> Instant): Flow<Int> = flow {
    while (true) {
        val millis = Duration.between(now(), moment).toMillis().coerceAtLeast(0)
        val seconds = (millis + MILLIS_PER_SECOND - 1) / MILLIS_PER_SECOND
        emit(seconds.toInt())
        if (seconds == 0L) return@flow
        delay(millis - (seconds - 1) * MILLIS_PER_SECOND)
    }
}.distinctUntilChanged()

private const val MILLIS_PER_SECOND = 1000L
