package dev.stepup.sample.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.Icon
import androidx.compose.material3.LocalContentColor
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import dev.stepup.sample.presenter.MethodChoice

/** A method to choose: the preferred one stands out; what cannot work here is greyed out, with the reason. */
@Composable
internal fun MethodRow(choice: MethodChoice, select: () -> Unit) {
    val colors = MaterialTheme.colorScheme
    Surface(
        onClick = select,
        modifier = Modifier.fillMaxWidth().semantics { role = Role.Button },
        shape = MaterialTheme.shapes.large,
        color = if (choice.isPreferred) colors.primary else colors.surfaceContainerHighest,
        contentColor = when {
            choice.isPreferred -> colors.onPrimary
            choice.isUsable -> colors.onSurface
            else -> colors.onSurface.copy(alpha = GREYED_OUT)
        },
    ) {
        Row(Modifier.padding(16.dp, 14.dp), Arrangement.spacedBy(16.dp), Alignment.CenterVertically) {
            Icon(choice.method.icon, null)
            Column {
                Text(choice.method.name(), style = MaterialTheme.typography.titleMedium)
                choice.label?.let { Text(it, style = MaterialTheme.typography.bodyMedium) }
                choice.notice?.let {
                    val color = if (choice.isPreferred) LocalContentColor.current else colors.error
                    Text(stringResource(it.text), color = color, style = MaterialTheme.typography.bodySmall)
                }
            }
        }
    }
}

private const val GREYED_OUT = 0.5f
