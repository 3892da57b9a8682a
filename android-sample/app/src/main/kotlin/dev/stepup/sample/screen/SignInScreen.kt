package dev.stepup.sample.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.text.KeyboardActions
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.automirrored.filled.List
import androidx.compose.material.icons.filled.Settings
import androidx.compose.material3.Button
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.autofill.ContentType
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.contentType
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import dev.stepup.core.SocialProvider
import dev.stepup.core.StepUpMethod
import dev.stepup.sample.R
import dev.stepup.sample.presenter.Progress
import dev.stepup.sample.presenter.Screen
import dev.stepup.sample.presenter.SignInPresenter
import dev.stepup.sample.presenter.SignInState

/** What the user of the sign-in can do. */
internal class SignInActions(
    val sendEmail: (String) -> Unit = {},
    val sendSms: (String, String) -> Unit = { _, _ -> },
    val submit: (String) -> Unit = {},
    val resend: () -> Unit = {},
    val withPasskey: () -> Unit = {},
    val withSocial: (SocialProvider) -> Unit = {},
    val withBackend: ((String) -> Unit)? = null,
    val back: () -> Unit = {},
    val dismiss: () -> Unit = {},
    val open: (Screen) -> Unit = {},
)

/** The sign-in. */
@Composable
internal fun SignInScreen(presenter: SignInPresenter, open: (Screen) -> Unit) {
    val state by presenter.state.collectAsStateWithLifecycle()
    val progress by presenter.progress.collectAsStateWithLifecycle()
    val actions = SignInActions(
        sendEmail = presenter::sendEmail,
        sendSms = presenter::sendSms,
        submit = presenter::submit,
        resend = { presenter.resend() },
        withPasskey = { presenter.withPasskey() },
        withSocial = presenter::withSocial,
        withBackend = if (presenter.hasBackend) ({ presenter.withBackend(it, it) }) else null,
        back = presenter::back,
        dismiss = presenter::dismissNotice,
        open = open,
    )
    SignInContent(state, progress, actions)
}

@Composable
internal fun SignInContent(state: SignInState, progress: Progress, actions: SignInActions) {
    val isCode = state is SignInState.Code
    Page(
        title = stringResource(if (isCode) R.string.enter_code else R.string.sign_in),
        // What is wrong with a code is said beside it.
        progress = if (isCode) progress.copy(notice = null) else progress,
        dismiss = actions.dismiss,
        back = actions.back.takeIf { isCode },
        actions = { if (!isCode) SignInMenu(actions.open) },
    ) {
        when (state) {
            is SignInState.Start -> Start(progress.isBusy, actions)
            is SignInState.Code -> {
                SentCode(state.prompt, progress, actions.submit, actions.resend)
            }
        }
    }
}

@Composable
private fun SignInMenu(open: (Screen) -> Unit) {
    IconButton({ open(Screen.LOG) }) {
        Icon(Icons.AutoMirrored.Filled.List, stringResource(R.string.log))
    }
    IconButton({ open(Screen.SETTINGS) }) { Icon(Icons.Default.Settings, stringResource(R.string.settings)) }
}

@Composable
private fun Start(isBusy: Boolean, actions: SignInActions) {
    var email by rememberSaveable { mutableStateOf("") }
    EmailField(email, { email = it }, isBusy, actions.sendEmail)
    PhoneFields(isBusy, actions.sendSms)
    Or()
    Way(StepUpMethod.Passkey.icon, stringResource(R.string.with_passkey), !isBusy, actions.withPasskey)
    for (provider in listOf(SocialProvider.Google, SocialProvider.Github)) {
        val text = stringResource(R.string.with_provider, provider.name())
        Way(StepUpMethod.Social(provider).icon, text, !isBusy) { actions.withSocial(provider) }
    }
    actions.withBackend?.let { withBackend ->
        val isPossible = !isBusy && email.isNotBlank()
        val icon = StepUpMethod.ExternalJwt.icon
        Way(icon, stringResource(R.string.with_backend), isPossible) { withBackend(email.trim()) }
    }
    if (isBusy) {
        TextButton(actions.back, Modifier.fillMaxWidth()) { Text(stringResource(R.string.cancel)) }
    }
}

@Composable
private fun EmailField(email: String, change: (String) -> Unit, isBusy: Boolean, send: (String) -> Unit) {
    OutlinedTextField(
        value = email,
        onValueChange = change,
        modifier = Modifier.fillMaxWidth().testTag("email").semantics {
            contentType = ContentType.EmailAddress
        },
        label = { Text(stringResource(R.string.email)) },
        singleLine = true,
        keyboardOptions = KeyboardOptions(
            autoCorrectEnabled = false,
            keyboardType = KeyboardType.Email,
            imeAction = ImeAction.Send,
        ),
        keyboardActions = KeyboardActions { send(email) },
    )
    Button({ send(email) }, Modifier.fillMaxWidth(), enabled = !isBusy && email.isNotBlank()) {
        Text(stringResource(R.string.send_email))
    }
}

@Composable
private fun Or() = Row(
    Modifier.fillMaxWidth().padding(vertical = 4.dp),
    Arrangement.spacedBy(12.dp),
    Alignment.CenterVertically,
) {
    HorizontalDivider(Modifier.weight(1f))
    Text(stringResource(R.string.or))
    HorizontalDivider(Modifier.weight(1f))
}

@Composable
private fun Way(icon: ImageVector, text: String, isEnabled: Boolean, go: () -> Unit) =
    OutlinedButton(go, Modifier.fillMaxWidth(), enabled = isEnabled) {
        Icon(icon, null, Modifier.padding(end = 12.dp).size(20.dp))
        Text(text, textAlign = TextAlign.Center)
    }
