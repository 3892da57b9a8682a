package dev.stepup.sample.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.imePadding
import androidx.compose.foundation.layout.navigationBarsPadding
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.automirrored.filled.ArrowBack
import androidx.compose.material.icons.filled.CheckCircle
import androidx.compose.material.icons.filled.Close
import androidx.compose.material3.Button
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.ExperimentalMaterial3Api
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.ModalBottomSheet
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.material3.rememberModalBottomSheetState
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import dev.stepup.core.MfaFactorKind
import dev.stepup.core.OptionId
import dev.stepup.core.StepUpMethod
import dev.stepup.sample.R
import dev.stepup.sample.presenter.StepUpSheet
import dev.stepup.sample.presenter.StepUpSheetPresenter
import dev.stepup.sample.presenter.Work

/** What the user of the sheet can do. */
internal class SheetActions(
    val select: (OptionId) -> Unit = {},
    val submit: (String) -> Unit = {},
    val submitCaptcha: ((String) -> Unit)? = null,
    val resend: () -> Unit = {},
    val back: () -> Unit = {},
    val retry: () -> Unit = {},
    val close: () -> Unit = {},
)

/** The sheet, over whatever screen there is; nothing while it is closed. */
@Composable
internal fun StepUpSheetScreen(presenter: StepUpSheetPresenter, isCaptchaSimulated: Boolean) {
    val state by presenter.state.collectAsStateWithLifecycle()
    val sheet = state ?: return
    val actions = SheetActions(
        select = presenter::select,
        submit = presenter::submit,
        submitCaptcha = (presenter::submitCaptcha).takeIf { isCaptchaSimulated },
        resend = presenter::resend,
        back = presenter::back,
        retry = presenter::retry,
        close = presenter::close,
    )
    SheetFrame(sheet, actions)
}

@OptIn(ExperimentalMaterial3Api::class)
@Composable
internal fun SheetFrame(sheet: StepUpSheet, actions: SheetActions) = ModalBottomSheet(
    onDismissRequest = actions.close,
    sheetState = rememberModalBottomSheetState(skipPartiallyExpanded = true),
    dragHandle = null,
) { SheetContent(sheet, actions) }

@Composable
internal fun SheetContent(sheet: StepUpSheet, actions: SheetActions) = Column(
    Modifier.fillMaxWidth().verticalScroll(rememberScrollState()).navigationBarsPadding().imePadding()
        .padding(start = 16.dp, end = 16.dp, bottom = 24.dp).testTag("sheet"),
    verticalArrangement = Arrangement.spacedBy(12.dp),
) {
    Title(sheet, actions)
    when (sheet) {
        is StepUpSheet.Working -> Busy(stringResource(sheet.what.text))
        is StepUpSheet.Choosing -> Choices(sheet, actions)
        is StepUpSheet.Code -> Code(sheet, actions)
        is StepUpSheet.Waiting -> Waiting(sheet, actions)
        is StepUpSheet.Captcha -> Captcha(sheet, actions.submitCaptcha)
        is StepUpSheet.Granted -> Granted(actions.close)
        is StepUpSheet.Failed -> {
            Banner(sheet.notice)
            Button(actions.close, Modifier.fillMaxWidth()) { Text(stringResource(R.string.close)) }
        }
    }
}

@Composable
private fun Title(sheet: StepUpSheet, actions: SheetActions) = Row(
    Modifier.fillMaxWidth().padding(top = 8.dp),
    verticalAlignment = Alignment.CenterVertically,
) {
    val hasWayBack = sheet is StepUpSheet.Code || sheet is StepUpSheet.Waiting || sheet is StepUpSheet.Captcha
    if (hasWayBack) {
        IconButton(actions.back) {
            Icon(Icons.AutoMirrored.Filled.ArrowBack, stringResource(R.string.other_method))
        }
    }
    val text = if (sheet is StepUpSheet.Granted) R.string.confirmed else R.string.confirm_its_you
    Text(
        stringResource(text),
        Modifier.weight(1f).semantics { heading() },
        style = MaterialTheme.typography.titleLarge,
    )
    IconButton(actions.close) { Icon(Icons.Default.Close, stringResource(R.string.cancel)) }
}

@Composable
private fun Choices(sheet: StepUpSheet.Choosing, actions: SheetActions) {
    sheet.notice?.let { Banner(it) }
    if (sheet.choices.isEmpty()) Nothing(sheet.toEnroll)
    if (sheet.choices.isNotEmpty()) Explanation(stringResource(R.string.choose_method))
    for (choice in sheet.choices) MethodRow(choice) { actions.select(choice.id) }
    if (sheet.canRetry) {
        OutlinedButton(actions.retry, Modifier.fillMaxWidth()) { Text(stringResource(R.string.try_again)) }
    }
}

@Composable
private fun Nothing(toEnroll: List<MfaFactorKind>) {
    Explanation(stringResource(R.string.no_method))
    for (kind in toEnroll) {
        val text = when (kind) {
            is MfaFactorKind.Totp -> stringResource(R.string.method_totp)
            is MfaFactorKind.Passkey -> stringResource(R.string.method_passkey)
            is MfaFactorKind.Email -> stringResource(R.string.method_email)
            is MfaFactorKind.Other -> kind.v1
        }
        Text("• $text")
    }
}

@Composable
private fun Code(sheet: StepUpSheet.Code, actions: SheetActions) {
    val isRecoveryCode = sheet.method is StepUpMethod.RecoveryCode
    val sentTo = sheet.sentTo
    val text = when {
        sentTo != null -> stringResource(R.string.code_sent, sentTo)
        isRecoveryCode -> stringResource(R.string.type_recovery_code)
        else -> stringResource(R.string.type_totp)
    }
    Explanation(text)
    CodeField(isDigits = !isRecoveryCode, isEnabled = true, sheet.notice, actions.submit)
    sheet.resendIn?.let { ResendButton(it, sheet.isResending, actions.resend) }
}

@Composable
private fun Waiting(sheet: StepUpSheet.Waiting, actions: SheetActions) {
    sheet.notice?.let { Banner(it) }
    val text = when (sheet.method) {
        is StepUpMethod.Passkey -> R.string.waiting_passkey
        is StepUpMethod.Wallet -> R.string.waiting_wallet
        is StepUpMethod.ExternalJwt -> R.string.waiting_backend
        else -> R.string.waiting_browser
    }
    if (sheet.notice == null) WithPicture(stringResource(text)) { Icon(sheet.method.icon, null, it) }
    if (sheet.notice != null) {
        Button(actions.retry, Modifier.fillMaxWidth()) { Text(stringResource(R.string.try_again)) }
    }
    OutlinedButton(actions.back, Modifier.fillMaxWidth()) { Text(stringResource(R.string.other_method)) }
}

@Composable
private fun Captcha(sheet: StepUpSheet.Captcha, submit: ((String) -> Unit)?) {
    Explanation(stringResource(R.string.captcha, sheet.provider))
    submit?.let {
        Button({ it("sandbox") }, Modifier.fillMaxWidth()) { Text(stringResource(R.string.captcha_solved)) }
    }
}

@Composable
private fun Granted(close: () -> Unit) {
    Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
        Icon(Icons.Default.CheckCircle, null, Modifier.size(32.dp), tint = MaterialTheme.colorScheme.primary)
        Text(stringResource(R.string.granted))
    }
    Button(close, Modifier.fillMaxWidth()) { Text(stringResource(R.string.proceed)) }
}

@Composable
private fun Busy(text: String) = WithPicture(text) { CircularProgressIndicator(it) }

@Composable
private fun WithPicture(text: String, picture: @Composable (Modifier) -> Unit) = Row(
    Modifier.fillMaxWidth().padding(vertical = 16.dp),
    Arrangement.spacedBy(16.dp),
    Alignment.CenterVertically,
) {
    picture(Modifier.size(32.dp))
    Text(text)
}

private val Work.text: Int
    get() = when (this) {
        Work.CHECKING -> R.string.checking
        Work.SENDING -> R.string.sending
        Work.VERIFYING -> R.string.verifying
    }
