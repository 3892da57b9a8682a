package dev.stepup.android

import android.util.Log
import dev.stepup.core.LogLevel
import dev.stepup.core.LogRecord
import dev.stepup.core.LogSink

/**
 * Writes the log to logcat under the tag [TAG]. It holds no secret, address, number, code or URL.
 *
 * As usual there, what is below [LogLevel.INFO] is left out until it is asked for:
 * `adb shell setprop log.tag.StepUp DEBUG`.
 */
public class LogcatSink : LogSink {
    override suspend fun log(record: LogRecord) {
        val priority = when (record.level) {
            LogLevel.DEBUG -> Log.DEBUG
            LogLevel.INFO -> Log.INFO
            LogLevel.WARNING -> Log.WARN
        }
        if (Log.isLoggable(TAG, priority)) Log.println(priority, TAG, record.text)
    }

    /** The tag. */
    public companion object {
        /** What lines of this library are marked with. */
        public const val TAG: String = "StepUp"
    }
}
