package dev.stepup.sample.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.text.KeyboardActions
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.Button
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberCoroutineScope
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.autofill.ContentType
import androidx.compose.ui.platform.LocalClipboard
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.pluralStringResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.contentType
import androidx.compose.ui.semantics.error
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardCapitalization
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import dev.stepup.sample.R
import dev.stepup.sample.presenter.CodePrompt
import dev.stepup.sample.presenter.Notice
import dev.stepup.sample.presenter.Progress
import kotlinx.coroutines.launch

/**
 * The field for a code, with all ways to fill it: typing, pasting, and what the system offers from a message.
 *
 * @param isDigits whether it is one of six digits; a recovery code has letters.
 * @param notice what was wrong with the last one.
 */
@Composable
internal fun CodeField(
    isDigits: Boolean,
    isEnabled: Boolean,
    notice: Notice?,
    submit: (String) -> Unit,
) {
    // A rotation keeps what is typed; a recovery code, which is good for long, is not given to the system.
    val typed = if (isDigits) rememberSaveable { mutableStateOf("") } else remember { mutableStateOf("") }
    var code by typed
    val clipboard = LocalClipboard.current
    val scope = rememberCoroutineScope()
    val complaint = notice?.let { stringResource(it.text) }
    val send = { if (isEnabled && code.isNotBlank()) submit(code) }
    Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
        OutlinedTextField(
            value = code,
            onValueChange = { code = it },
            modifier = Modifier.fillMaxWidth().testTag("code").semantics {
                if (isDigits) contentType = ContentType.SmsOtpCode
                complaint?.let { error(it) }
            },
            label = { Text(stringResource(if (isDigits) R.string.code else R.string.recovery_code)) },
            supportingText = complaint?.let { { Text(it) } },
            isError = complaint != null,
            singleLine = true,
            textStyle = MaterialTheme.typography.headlineSmall,
            keyboardOptions = KeyboardOptions(
                capitalization = KeyboardCapitalization.None,
                autoCorrectEnabled = false,
                keyboardType = if (isDigits) KeyboardType.Number else KeyboardType.Ascii,
                imeAction = ImeAction.Done,
            ),
            keyboardActions = KeyboardActions { send() },
            trailingIcon = {
                TextButton({
                    scope.launch {
                        val text = clipboard.getClipEntry()?.clipData?.getItemAt(0)?.text ?: return@launch
                        code = text.toString().trim()
                    }
                }) { Text(stringResource(R.string.paste)) }
            },
        )
        Button(send, Modifier.fillMaxWidth(), enabled = isEnabled && code.isNotBlank()) {
            Text(stringResource(R.string.verify))
        }
    }
}

/** A code is on its way: where to, the field for it, and another one. */
@Composable
internal fun SentCode(code: CodePrompt, progress: Progress, submit: (String) -> Unit, resend: () -> Unit) {
    Explanation(stringResource(R.string.code_sent, code.sentTo))
    CodeField(isDigits = true, !progress.isBusy, progress.notice, submit)
    ResendButton(code.resendIn, isResending = false, resend)
}

/** Offers another code, once that is possible; until then it says when. */
@Composable
internal fun ResendButton(seconds: Int, isResending: Boolean, resend: () -> Unit) = TextButton(
    resend,
    Modifier.fillMaxWidth(),
    enabled = seconds == 0 && !isResending,
) {
    val text = when {
        isResending -> stringResource(R.string.resending)
        seconds == 0 -> stringResource(R.string.resend)
        else -> pluralStringResource(R.plurals.resend_in, seconds, seconds)
    }
    Text(text)
}
