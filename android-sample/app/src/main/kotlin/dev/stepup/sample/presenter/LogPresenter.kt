package dev.stepup.sample.presenter

import dev.stepup.core.LogRecord
import dev.stepup.core.LogSink
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update

/** Keeps what the library logs, for a look at it in the app. It holds no secrets, so neither does this. */
class LogPresenter : LogSink {
    private val kept = MutableStateFlow(emptyList<LogRecord>())

    /** The latest records, oldest first. */
    val state: StateFlow<List<LogRecord>> = kept.asStateFlow()

    override suspend fun log(record: LogRecord) = kept.update { (it + record).takeLast(MOST) }

    /** Forgets them. */
    fun clear() = kept.update { emptyList() }

    private companion object {
        const val MOST = 300
    }
}
