package dev.stepup.sample.screen

import android.content.ActivityNotFoundException
import android.content.Intent
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.filled.Delete
import androidx.compose.material.icons.filled.Lock
import androidx.compose.material3.Button
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.text.font.FontFamily
import androidx.core.net.toUri
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import dev.stepup.core.MfaFactor
import dev.stepup.core.MfaFactorId
import dev.stepup.core.TotpEnrollment
import dev.stepup.sample.R
import dev.stepup.sample.presenter.Progress
import dev.stepup.sample.presenter.TotpPresenter
import dev.stepup.sample.presenter.TotpState

/** What the user of an authenticator app can do. */
internal class TotpActions(
    val enroll: () -> Unit = {},
    val confirm: (String) -> Unit = {},
    val abandon: () -> Unit = {},
    val remove: (MfaFactorId) -> Unit = {},
    val dismiss: () -> Unit = {},
    val back: () -> Unit = {},
)

/** The authenticator app. */
@Composable
internal fun TotpScreen(presenter: TotpPresenter, back: () -> Unit) {
    LaunchedEffect(presenter) { presenter.load() }
    val state by presenter.state.collectAsStateWithLifecycle()
    val progress by presenter.progress.collectAsStateWithLifecycle()
    val actions = TotpActions(
        enroll = { presenter.enroll() },
        confirm = presenter::confirm,
        abandon = { presenter.abandon() },
        remove = presenter::remove,
        dismiss = presenter::dismissNotice,
        back = back,
    )
    TotpContent(state, progress, actions)
}

@Composable
internal fun TotpContent(state: TotpState, progress: Progress, actions: TotpActions) {
    val enrollment = state.enrollment
    Page(
        title = stringResource(R.string.totp),
        progress = if (enrollment == null) progress else progress.copy(notice = null),
        dismiss = actions.dismiss,
        back = actions.back,
    ) {
        if (enrollment == null) Factors(state.factors, progress.isBusy, actions)
        enrollment?.let { Enrollment(it, progress, actions) }
    }
}

@Composable
private fun Factors(factors: List<MfaFactor>?, isBusy: Boolean, actions: TotpActions) {
    Explanation(stringResource(R.string.totp_explained))
    for (factor in factors.orEmpty()) {
        val name = factor.alias ?: stringResource(R.string.method_totp)
        Item(name, Icons.Default.Lock, factor.createdAt?.let { stringResource(R.string.added, it.day()) }) {
            IconButton({ actions.remove(factor.id) }, enabled = !isBusy) {
                Icon(Icons.Default.Delete, stringResource(R.string.remove_totp))
            }
        }
    }
    if (factors?.isEmpty() == true) {
        Button(actions.enroll, Modifier.fillMaxWidth(), enabled = !isBusy) {
            Text(stringResource(R.string.enroll_totp))
        }
    }
}

@Composable
private fun Enrollment(enrollment: TotpEnrollment, progress: Progress, actions: TotpActions) {
    SecureWindow()
    Explanation(stringResource(R.string.scan_qr_code))
    Box(Modifier.fillMaxWidth(), Alignment.Center) { QrImage(enrollment.qrCode) }
    Explanation(stringResource(R.string.or_type_secret))
    Text(
        enrollment.secret.value.chunked(SECRET_GROUP).joinToString(" "),
        Modifier.testTag("secret"),
        style = MaterialTheme.typography.titleMedium,
        fontFamily = FontFamily.Monospace,
    )
    CopyButton(enrollment.secret.value)
    OpenAuthenticator(enrollment)
    CodeField(isDigits = true, !progress.isBusy, progress.notice, actions.confirm)
    TextButton(actions.abandon, Modifier.fillMaxWidth()) { Text(stringResource(R.string.cancel)) }
}

/** On the phone that has the authenticator app, nobody can scan its screen. */
@Composable
private fun OpenAuthenticator(enrollment: TotpEnrollment) {
    val context = LocalContext.current
    OutlinedButton({
        try {
            context.startActivity(Intent(Intent.ACTION_VIEW, enrollment.uri.value.toUri()))
        } catch (_: ActivityNotFoundException) {
            // There is none here: the QR code and the secret are for another device.
        }
    }, Modifier.fillMaxWidth()) { Text(stringResource(R.string.open_authenticator)) }
}

private const val SECRET_GROUP = 4
