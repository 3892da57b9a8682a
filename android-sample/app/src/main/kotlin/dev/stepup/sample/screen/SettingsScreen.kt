package dev.stepup.sample.screen

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.Button
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.text.input.KeyboardType
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import dev.stepup.sample.R
import dev.stepup.sample.presenter.Progress
import dev.stepup.sample.presenter.Settings
import dev.stepup.sample.presenter.SettingsPresenter

/** The settings. */
@Composable
internal fun SettingsScreen(presenter: SettingsPresenter, isDebug: Boolean, back: () -> Unit) {
    val state by presenter.state.collectAsStateWithLifecycle()
    val progress by presenter.progress.collectAsStateWithLifecycle()
    SettingsContent(state, progress, isDebug, presenter::save, presenter::dismissNotice, back)
}

@Composable
internal fun SettingsContent(
    settings: Settings,
    progress: Progress,
    isDebug: Boolean,
    save: (String, String) -> Unit,
    dismiss: () -> Unit,
    back: () -> Unit,
) = Page(stringResource(R.string.settings), progress, dismiss, back) {
    var environment by rememberSaveable(settings) { mutableStateOf(settings.environmentId) }
    var address by rememberSaveable(settings) { mutableStateOf(settings.baseUrl) }
    Explanation(stringResource(R.string.settings_explained))
    OutlinedTextField(
        environment,
        { environment = it },
        Modifier.fillMaxWidth().testTag("environment"),
        label = { Text(stringResource(R.string.environment_id)) },
        singleLine = true,
        keyboardOptions = KeyboardOptions(autoCorrectEnabled = false, keyboardType = KeyboardType.Ascii),
    )
    OutlinedTextField(
        address,
        { address = it },
        Modifier.fillMaxWidth().testTag("address"),
        label = { Text(stringResource(R.string.base_url)) },
        supportingText = { Text(stringResource(R.string.base_url_explained)) },
        singleLine = true,
        keyboardOptions = KeyboardOptions(autoCorrectEnabled = false, keyboardType = KeyboardType.Uri),
    )
    if (isDebug) Explanation(stringResource(R.string.sandbox_explained))
    Button(
        { save(environment, address) },
        Modifier.fillMaxWidth(),
        enabled = !progress.isBusy && environment.isNotBlank(),
    ) { Text(stringResource(R.string.save)) }
}
