package dev.stepup.sample.screen

import androidx.compose.material3.AlertDialog
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.pluralStringResource
import androidx.compose.ui.res.stringResource
import dev.stepup.sample.R
import dev.stepup.sample.presenter.LinkOffer

/** Asks before something is done that cannot be undone. */
@Composable
internal fun Question(title: String, text: String, yes: String, confirm: () -> Unit, dismiss: () -> Unit) =
    AlertDialog(
        onDismissRequest = dismiss,
        title = { Text(title) },
        text = { Text(text) },
        confirmButton = { TextButton(confirm) { Text(yes) } },
        dismissButton = { TextButton(dismiss) { Text(stringResource(R.string.cancel)) } },
    )

/** What was to be linked belongs to another account. */
@Composable
internal fun OfferDialog(offer: LinkOffer, accept: () -> Unit, decline: () -> Unit) = when (offer) {
    is LinkOffer.Merge -> Question(
        title = stringResource(R.string.merge),
        text = offer.conflicts.conflicts.size.let { pluralStringResource(R.plurals.merge_explained, it, it) },
        yes = stringResource(R.string.merge_accept),
        confirm = accept,
        dismiss = decline,
    )
    is LinkOffer.Transfer -> Question(
        title = stringResource(R.string.transfer),
        text = stringResource(R.string.transfer_explained, offer.address),
        yes = stringResource(R.string.transfer_accept),
        confirm = accept,
        dismiss = decline,
    )
}

/** Asks for a name. */
@Composable
internal fun NameDialog(present: String, save: (String) -> Unit, dismiss: () -> Unit) {
    var name by rememberSaveable { mutableStateOf(present) }
    AlertDialog(
        onDismissRequest = dismiss,
        title = { Text(stringResource(R.string.rename)) },
        text = {
            OutlinedTextField(
                name,
                { name = it },
                Modifier.testTag("name"),
                label = { Text(stringResource(R.string.name)) },
                singleLine = true,
            )
        },
        confirmButton = { TextButton({ save(name) }) { Text(stringResource(R.string.save)) } },
        dismissButton = { TextButton(dismiss) { Text(stringResource(R.string.cancel)) } },
    )
}
