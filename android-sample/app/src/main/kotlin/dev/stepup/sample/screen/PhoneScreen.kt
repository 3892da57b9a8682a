package dev.stepup.sample.screen

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import dev.stepup.sample.R
import dev.stepup.sample.presenter.PhonePresenter
import dev.stepup.sample.presenter.PhoneState
import dev.stepup.sample.presenter.Progress

/** What the user who links a number can do. */
internal class PhoneActions(
    val send: (String, String) -> Unit = { _, _ -> },
    val submit: (String) -> Unit = {},
    val resend: () -> Unit = {},
    val startOver: () -> Unit = {},
    val dismiss: () -> Unit = {},
    val back: () -> Unit = {},
)

/** A phone number as a way to sign in. */
@Composable
internal fun PhoneScreen(presenter: PhonePresenter, back: () -> Unit) {
    val state by presenter.state.collectAsStateWithLifecycle()
    val progress by presenter.progress.collectAsStateWithLifecycle()
    val actions = PhoneActions(
        send = presenter::send,
        submit = presenter::submit,
        resend = { presenter.resend() },
        startOver = presenter::startOver,
        dismiss = presenter::dismissNotice,
        back = back,
    )
    PhoneContent(state, progress, actions)
}

@Composable
internal fun PhoneContent(state: PhoneState, progress: Progress, actions: PhoneActions) {
    val code = state.code
    Page(
        title = stringResource(R.string.link_phone),
        // What is wrong with a code is said beside it.
        progress = if (code == null) progress else progress.copy(notice = null),
        dismiss = actions.dismiss,
        back = actions.back,
    ) {
        if (code == null) {
            PhoneFields(progress.isBusy, actions.send)
        } else {
            SentCode(code, progress, actions.submit, actions.resend)
            TextButton(actions.startOver, Modifier.fillMaxWidth()) {
                Text(stringResource(R.string.other_number))
            }
        }
    }
}
