package dev.stepup.sample.screen

import android.content.ClipData
import android.os.PersistableBundle
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.rememberCoroutineScope
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.ClipEntry
import androidx.compose.ui.platform.LocalClipboard
import androidx.compose.ui.res.stringResource
import dev.stepup.sample.R
import kotlinx.coroutines.launch

/** Copies a secret, as for a password manager. The system is told not to show what is copied. */
@Composable
internal fun CopyButton(secret: String) {
    val clipboard = LocalClipboard.current
    val scope = rememberCoroutineScope()
    OutlinedButton({
        val copied = ClipData.newPlainText(null, secret)
        copied.description.extras = PersistableBundle().apply { putBoolean(SENSITIVE, true) }
        scope.launch { clipboard.setClipEntry(ClipEntry(copied)) }
    }, Modifier.fillMaxWidth()) { Text(stringResource(R.string.copy)) }
}

/** `ClipDescription.EXTRA_IS_SENSITIVE`, which has its name since Android 13 and is read before. */
private const val SENSITIVE = "android.content.extra.IS_SENSITIVE"
