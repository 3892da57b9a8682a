package dev.stepup.sample.screen

import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.text.font.FontFamily
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import dev.stepup.core.LogLevel
import dev.stepup.core.LogRecord
import dev.stepup.sample.R
import dev.stepup.sample.presenter.LogPresenter
import dev.stepup.sample.presenter.Progress

/** What the library has logged, the latest first. */
@Composable
internal fun LogScreen(presenter: LogPresenter, back: () -> Unit) {
    val records by presenter.state.collectAsStateWithLifecycle()
    LogContent(records, presenter::clear, back)
}

@Composable
internal fun LogContent(records: List<LogRecord>, clear: () -> Unit, back: () -> Unit) = Page(
    title = stringResource(R.string.log),
    progress = Progress(),
    dismiss = {},
    back = back,
    actions = { TextButton(clear) { Text(stringResource(R.string.clear)) } },
) {
    Explanation(stringResource(R.string.log_explained))
    for (record in records.asReversed()) {
        Text(
            record.text,
            style = MaterialTheme.typography.bodySmall,
            fontFamily = FontFamily.Monospace,
            color = when (record.level) {
                LogLevel.WARNING -> MaterialTheme.colorScheme.error
                LogLevel.INFO -> MaterialTheme.colorScheme.onSurface
                LogLevel.DEBUG -> MaterialTheme.colorScheme.onSurfaceVariant
            },
        )
        HorizontalDivider()
    }
}
