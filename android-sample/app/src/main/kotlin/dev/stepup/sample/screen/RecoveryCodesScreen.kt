package dev.stepup.sample.screen

import android.content.ClipData
import android.os.PersistableBundle
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
import androidx.compose.ui.platform.ClipEntry
import androidx.compose.ui.platform.LocalClipboard
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
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch

/** What the user of recovery codes can do. */
internal class RecoveryCodesActions(
    val reveal: () -> Unit = {},
    val regenerate: () -> Unit = {},
    val acknowledge: () -> Unit = {},
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
        back = {
            presenter.hide()
            back()
        },
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
        is RecoveryCodesState.Shown -> Codes(state.codes, progress.isBusy, actions.acknowledge)
    }
}

@Composable
private fun Codes(codes: List<RecoveryCode>, isBusy: Boolean, acknowledge: () -> Unit) {
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
    SaveButton(codes)
    CopyButton(codes)
    Button(acknowledge, Modifier.fillMaxWidth(), enabled = !isBusy) {
        Text(stringResource(R.string.codes_saved))
    }
}

/** As a text file, wherever the user wants it. */
@Composable
private fun SaveButton(codes: List<RecoveryCode>) {
    val context = LocalContext.current
    val scope = rememberCoroutineScope()
    val save = rememberLauncherForActivityResult(CreateDocument("text/plain")) { file ->
        if (file == null) return@rememberLauncherForActivityResult
        scope.launch(Dispatchers.IO) {
            context.contentResolver.openOutputStream(file)?.use { it.write(codes.text().toByteArray()) }
        }
    }
    val name = stringResource(R.string.codes_file)
    OutlinedButton({ save.launch(name) }, Modifier.fillMaxWidth()) { Text(stringResource(R.string.save)) }
}

private fun List<RecoveryCode>.text() = joinToString("\n") { it.value }

/** For a password manager. The system is told not to show what is copied. */
@Composable
private fun CopyButton(codes: List<RecoveryCode>) {
    val clipboard = LocalClipboard.current
    val scope = rememberCoroutineScope()
    OutlinedButton({
        val copied = ClipData.newPlainText(null, codes.text())
        copied.description.extras = PersistableBundle().apply { putBoolean(SENSITIVE, true) }
        scope.launch { clipboard.setClipEntry(ClipEntry(copied)) }
    }, Modifier.fillMaxWidth()) { Text(stringResource(R.string.copy)) }
}

/** `ClipDescription.EXTRA_IS_SENSITIVE`, which has its name since Android 13 and is read before. */
private const val SENSITIVE = "android.content.extra.IS_SENSITIVE"
