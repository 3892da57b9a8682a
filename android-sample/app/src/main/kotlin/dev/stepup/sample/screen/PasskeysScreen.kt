package dev.stepup.sample.screen

import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.filled.Delete
import androidx.compose.material.icons.filled.Edit
import androidx.compose.material.icons.filled.Face
import androidx.compose.material3.Button
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import dev.stepup.core.Passkey
import dev.stepup.core.PasskeyId
import dev.stepup.sample.R
import dev.stepup.sample.presenter.PasskeysPresenter
import dev.stepup.sample.presenter.PasskeysState
import dev.stepup.sample.presenter.Progress

/** What the user of passkeys can do. */
internal class PasskeysActions(
    val register: () -> Unit = {},
    val rename: (PasskeyId, String) -> Unit = { _, _ -> },
    val remove: (PasskeyId) -> Unit = {},
    val dismiss: () -> Unit = {},
    val back: () -> Unit = {},
)

/** The user's passkeys. */
@Composable
internal fun PasskeysScreen(presenter: PasskeysPresenter, back: () -> Unit) {
    LaunchedEffect(presenter) { presenter.load() }
    val state by presenter.state.collectAsStateWithLifecycle()
    val progress by presenter.progress.collectAsStateWithLifecycle()
    val actions = PasskeysActions(
        register = { presenter.register() },
        rename = presenter::rename,
        remove = presenter::remove,
        dismiss = presenter::dismissNotice,
        back = back,
    )
    PasskeysContent(state, progress, actions)
}

@Composable
internal fun PasskeysContent(state: PasskeysState, progress: Progress, actions: PasskeysActions) = Page(
    title = stringResource(R.string.passkeys),
    progress = progress,
    dismiss = actions.dismiss,
    back = actions.back,
) {
    Explanation(stringResource(R.string.passkeys_explained))
    for (passkey in state.passkeys.orEmpty()) PasskeyRow(passkey, progress.isBusy, actions)
    Button(actions.register, Modifier.fillMaxWidth(), enabled = !progress.isBusy) {
        Text(stringResource(R.string.register_passkey))
    }
}

@Composable
private fun PasskeyRow(passkey: Passkey, isBusy: Boolean, actions: PasskeysActions) {
    var isNamed by rememberSaveable { mutableStateOf(false) }
    val name = passkey.alias ?: passkey.storageName ?: stringResource(R.string.method_passkey)
    Item(name, Icons.Default.Face, passkey.createdAt?.let { stringResource(R.string.added, it.day()) }) {
        Row {
            IconButton({ isNamed = true }, enabled = !isBusy) {
                Icon(Icons.Default.Edit, stringResource(R.string.rename_passkey, name))
            }
            IconButton({ actions.remove(passkey.id) }, enabled = !isBusy) {
                Icon(Icons.Default.Delete, stringResource(R.string.remove_passkey, name))
            }
        }
    }
    if (isNamed) {
        NameDialog(
            present = passkey.alias.orEmpty(),
            save = {
                isNamed = false
                actions.rename(passkey.id, it)
            },
            dismiss = { isNamed = false },
        )
    }
}
