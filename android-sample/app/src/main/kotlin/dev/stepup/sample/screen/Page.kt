package dev.stepup.sample.screen

import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.RowScope
import androidx.compose.foundation.layout.consumeWindowInsets
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.imePadding
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.automirrored.filled.ArrowBack
import androidx.compose.material.icons.filled.CheckCircle
import androidx.compose.material.icons.filled.Close
import androidx.compose.material.icons.filled.Warning
import androidx.compose.material3.ExperimentalMaterial3Api
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.ListItem
import androidx.compose.material3.ListItemDefaults
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Scaffold
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.material3.TopAppBar
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextOverflow.Companion.Ellipsis
import androidx.compose.ui.unit.dp
import dev.stepup.sample.R
import dev.stepup.sample.presenter.Notice
import dev.stepup.sample.presenter.Progress

/**
 * A screen with a title, which shows how the user's last action goes. What does not fit, as with large type,
 * is scrolled to.
 */
@OptIn(ExperimentalMaterial3Api::class)
@Composable
internal fun Page(
    title: String,
    progress: Progress,
    dismiss: () -> Unit,
    back: (() -> Unit)? = null,
    actions: @Composable RowScope.() -> Unit = {},
    content: @Composable ColumnScope.() -> Unit,
) = Scaffold(
    topBar = {
        TopAppBar(
            title = { Text(title, Modifier.semantics { heading() }, maxLines = 1, overflow = Ellipsis) },
            navigationIcon = { back?.let { BackButton(it) } },
            actions = actions,
        )
    },
) { padding ->
    Column(Modifier.padding(padding).consumeWindowInsets(padding).imePadding()) {
        BusyBar(progress.isBusy)
        Column(
            Modifier.fillMaxWidth().verticalScroll(rememberScrollState()).padding(16.dp),
            verticalArrangement = Arrangement.spacedBy(12.dp),
        ) {
            progress.notice?.let { Banner(it, dismiss) }
            content()
        }
    }
}

@Composable
private fun BackButton(back: () -> Unit) = IconButton(back) {
    Icon(Icons.AutoMirrored.Filled.ArrowBack, stringResource(R.string.back))
}

@Composable
private fun BusyBar(isBusy: Boolean) {
    val busy = stringResource(R.string.busy)
    Box(Modifier.fillMaxWidth().height(4.dp)) {
        if (isBusy) {
            LinearProgressIndicator(Modifier.fillMaxWidth().semantics { contentDescription = busy })
        }
    }
}

/** A sentence about the last action. Whoever listens to the screen hears it. */
@Composable
internal fun Banner(notice: Notice, dismiss: (() -> Unit)? = null) {
    val colors = MaterialTheme.colorScheme
    Surface(
        Modifier.fillMaxWidth().semantics { liveRegion = LiveRegionMode.Polite },
        shape = MaterialTheme.shapes.medium,
        color = if (notice.isError) colors.errorContainer else colors.primaryContainer,
    ) {
        Row(
            Modifier.padding(start = 16.dp, end = if (dismiss == null) 16.dp else 4.dp),
            Arrangement.spacedBy(12.dp),
            Alignment.CenterVertically,
        ) {
            Icon(if (notice.isError) Icons.Default.Warning else Icons.Default.CheckCircle, null)
            Text(stringResource(notice.text), Modifier.weight(1f).padding(vertical = 14.dp))
            dismiss?.let {
                IconButton(it) { Icon(Icons.Default.Close, stringResource(R.string.dismiss)) }
            }
        }
    }
}

/** One of a list. */
@Composable
internal fun Item(
    text: String,
    icon: ImageVector? = null,
    detail: String? = null,
    badge: (@Composable () -> Unit)? = null,
    open: (() -> Unit)? = null,
    actions: @Composable () -> Unit,
) = ListItem(
    headlineContent = { Text(text) },
    modifier = Modifier.clip(MaterialTheme.shapes.medium).run {
        open?.let { clickable(role = Role.Button, onClick = it) } ?: this
    },
    overlineContent = badge,
    supportingContent = detail?.let { { Text(it) } },
    leadingContent = icon?.let { { Icon(it, null) } },
    trailingContent = actions,
    colors = ListItemDefaults.colors(containerColor = MaterialTheme.colorScheme.surfaceContainer),
)

/** The title of a part of a screen. */
@Composable
internal fun Heading(text: String) = Text(
    text,
    Modifier.padding(top = 12.dp).semantics { heading() },
    style = MaterialTheme.typography.titleMedium,
)

/** A sentence that explains. */
@Composable
internal fun Explanation(text: String) = Text(
    text,
    style = MaterialTheme.typography.bodyMedium,
    color = MaterialTheme.colorScheme.onSurfaceVariant,
)
