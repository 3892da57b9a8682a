package dev.stepup.sample.screen

import android.content.ContentResolver
import android.net.Uri
import androidx.activity.compose.rememberLauncherForActivityResult
import androidx.activity.result.contract.ActivityResultContracts.CreateDocument
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.Button
import androidx.compose.material3.Card
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.rememberCoroutineScope
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.unit.dp
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import dev.stepup.core.RecoveryCode
import dev.stepup.sample.R
import dev.stepup.sample.presenter.Progress
import dev.stepup.sample.presenter.RecoveryCodesPresenter
import dev.stepup.sample.presenter.RecoveryCodesState
import java.io.IOException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/** What the user of recovery codes can do. */
internal class RecoveryCodesActions(
    val reveal: () -> Unit = {},
    val regenerate: () -> Unit = {},
    val acknowledge: () -> Unit = {},
    val saved: (Boolean) -> Unit = {},
    val dismiss: () -> Unit = {},
    val back: () -> Unit = {},
)

/** The recovery codes: in no screenshot, and gone with the screen. */
@Composable
internal fun RecoveryCodesScreen(presenter: RecoveryCodesPresenter, back: () -> Unit) {
    val state by presenter.state.collectAsStateWithLifecycle()
    val progress by presenter.progress.collectAsStateWithLifecycle()
    val actions = RecoveryCodesActions(
        reveal = { presenter.reveal() },
        regenerate = { presenter.regenerate() },
        acknowledge = { presenter.acknowledge() },
        dismiss = presenter::dismissNotice,
        saved = presenter::saved,
        back = back,
    )
    RecoveryCodesContent(state, progress, actions)
}

@Composable
internal fun RecoveryCodesContent(
    state: RecoveryCodesState,
    progress: Progress,
    actions: RecoveryCodesActions,
) = Page(
    title = stringResource(R.string.recovery_codes),
    progress = progress,
    dismiss = actions.dismiss,
    back = actions.back,
) {
    SecureWindow()
    when (state) {
        is RecoveryCodesState.Hidden -> {
            Explanation(stringResource(R.string.recovery_codes_explained))
            Button(actions.reveal, Modifier.fillMaxWidth(), enabled = !progress.isBusy) {
                Text(stringResource(R.string.show_codes))
            }
            OutlinedButton(actions.regenerate, Modifier.fillMaxWidth(), enabled = !progress.isBusy) {
                Text(stringResource(R.string.new_codes))
            }
        }
        is RecoveryCodesState.Shown -> Codes(state.codes, progress.isBusy, actions)
    }
}

@Composable
private fun Codes(codes: List<RecoveryCode>, isBusy: Boolean, actions: RecoveryCodesActions) {
    Explanation(stringResource(R.string.recovery_codes_shown_once))
    Card(Modifier.fillMaxWidth()) {
        Column(Modifier.padding(16.dp).testTag("codes"), Arrangement.spacedBy(6.dp)) {
            for (code in codes) {
                Text(
                    code.value,
                    style = MaterialTheme.typography.titleMedium,
                    fontFamily = FontFamily.Monospace,
                )
            }
        }
    }
    val text = codes.joinToString("\n") { it.value }
    SaveButton(text, actions.saved)
    CopyButton(text)
    Button(actions.acknowledge, Modifier.fillMaxWidth(), enabled = !isBusy) {
        Text(stringResource(R.string.codes_saved))
    }
}

/** As a text file, wherever the user wants it. */
@Composable
private fun SaveButton(text: String, saved: (Boolean) -> Unit) {
    val context = LocalContext.current
    val scope = rememberCoroutineScope()
    val save = rememberLauncherForActivityResult(CreateDocument("text/plain")) { file ->
        if (file == null) return@rememberLauncherForActivityResult
        scope.launch { saved(withContext(Dispatchers.IO) { context.contentResolver.write(file, text) }) }
    }
    val name = stringResource(R.string.codes_file)
    OutlinedButton({ save.launch(name) }, Modifier.fillMaxWidth()) { Text(stringResource(R.string.save)) }
}

/** Whether it was written: whoever keeps the file may have no room for it, or take back the permission. */
private fun ContentResolver.write(file: Uri, text: String): Boolean = try {
    openOutputStream(file)?.use { it.write(text.toByteArray()) } != null
} catch (_: IOException) {
    false
} catch (_: SecurityException) {
    false
}
