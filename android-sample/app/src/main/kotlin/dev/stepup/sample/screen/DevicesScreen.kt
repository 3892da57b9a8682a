package dev.stepup.sample.screen

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.filled.Delete
import androidx.compose.material.icons.filled.Home
import androidx.compose.material.icons.filled.Info
import androidx.compose.material.icons.filled.Phone
import androidx.compose.material3.Button
import androidx.compose.material3.ButtonDefaults
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import dev.stepup.core.DeviceRegistrationStatus
import dev.stepup.core.RegisteredDevice
import dev.stepup.core.RegisteredDeviceKind
import dev.stepup.sample.R
import dev.stepup.sample.presenter.DeviceConfirmationPresenter
import dev.stepup.sample.presenter.Progress
import dev.stepup.sample.presenter.RevocationQuestion
import dev.stepup.sample.presenter.TrustedDevicesPresenter
import dev.stepup.sample.presenter.TrustedDevicesState

/** What the user of the list of devices can do. */
internal class DevicesActions(
    val askToRevoke: (RegisteredDevice) -> Unit = {},
    val askToRevokeAll: () -> Unit = {},
    val revoke: () -> Unit = {},
    val keep: () -> Unit = {},
    val dismiss: () -> Unit = {},
    val back: () -> Unit = {},
)

/** The trusted devices. */
@Composable
internal fun DevicesScreen(presenter: TrustedDevicesPresenter, back: () -> Unit) {
    LaunchedEffect(presenter) { presenter.load() }
    val state by presenter.state.collectAsStateWithLifecycle()
    val progress by presenter.progress.collectAsStateWithLifecycle()
    val actions = DevicesActions(
        askToRevoke = presenter::askToRevoke,
        askToRevokeAll = presenter::askToRevokeAll,
        revoke = presenter::revoke,
        keep = presenter::keep,
        dismiss = presenter::dismissNotice,
        back = back,
    )
    DevicesContent(state, progress, actions)
}

@Composable
internal fun DevicesContent(state: TrustedDevicesState, progress: Progress, actions: DevicesActions) = Page(
    title = stringResource(R.string.trusted_devices),
    progress = progress,
    dismiss = actions.dismiss,
    back = actions.back,
) {
    val devices = state.devices.orEmpty()
    Explanation(stringResource(R.string.trusted_devices_explained))
    for (device in devices) DeviceRow(device, progress.isBusy) { actions.askToRevoke(device) }
    if (state.devices?.isEmpty() == true) Explanation(stringResource(R.string.no_devices))
    if (devices.isNotEmpty()) {
        OutlinedButton(
            actions.askToRevokeAll,
            Modifier.fillMaxWidth(),
            enabled = !progress.isBusy,
            colors = ButtonDefaults.outlinedButtonColors(contentColor = MaterialTheme.colorScheme.error),
        ) { Text(stringResource(R.string.revoke_all)) }
    }
    state.question?.let { RevocationDialog(it, actions) }
}

@Composable
private fun DeviceRow(device: RegisteredDevice, isBusy: Boolean, askToRevoke: () -> Unit) = Item(
    text = device.name,
    icon = device.kind.icon,
    detail = device.createdAt?.let { stringResource(R.string.trusted_since, it.day()) },
    badge = if (device.isCurrent) ({ OwnBadge() }) else null,
) {
    IconButton(askToRevoke, enabled = !isBusy) {
        Icon(Icons.Default.Delete, stringResource(R.string.revoke_device, device.name))
    }
}

@Composable
private fun OwnBadge() = Surface(
    shape = MaterialTheme.shapes.small,
    color = MaterialTheme.colorScheme.primaryContainer,
) { Text(stringResource(R.string.this_device), Modifier.padding(8.dp, 2.dp)) }

private val RegisteredDeviceKind.icon
    get() = when (this) {
        RegisteredDeviceKind.MOBILE -> Icons.Default.Phone
        RegisteredDeviceKind.DESKTOP -> Icons.Default.Home
        RegisteredDeviceKind.UNKNOWN -> Icons.Default.Info
    }

@Composable
private fun RevocationDialog(question: RevocationQuestion, actions: DevicesActions) {
    val isOwn = question is RevocationQuestion.All || (question as RevocationQuestion.One).device.isCurrent
    val title = when (question) {
        is RevocationQuestion.All -> stringResource(R.string.revoke_all_question)
        is RevocationQuestion.One -> stringResource(R.string.revoke_question, question.device.name)
    }
    Question(
        title = title,
        text = stringResource(if (isOwn) R.string.revoke_own_explained else R.string.revoke_explained),
        yes = stringResource(R.string.revoke),
        confirm = actions.revoke,
        dismiss = actions.keep,
    )
}

/** This device has to be confirmed by the link in an e-mail. */
@Composable
internal fun ConfirmDeviceScreen(presenter: DeviceConfirmationPresenter) {
    val state by presenter.state.collectAsStateWithLifecycle()
    val progress by presenter.progress.collectAsStateWithLifecycle()
    ConfirmDeviceContent(state, progress, presenter::dismissNotice) { presenter.signOut() }
}

@Composable
internal fun ConfirmDeviceContent(
    status: DeviceRegistrationStatus,
    progress: Progress,
    dismiss: () -> Unit,
    signOut: () -> Unit,
) = Page(stringResource(R.string.confirm_device), progress, dismiss) {
    val text = when (status) {
        is DeviceRegistrationStatus.AwaitingLink -> stringResource(R.string.link_sent, status.maskedEmail)
        is DeviceRegistrationStatus.NoEmailAddress -> stringResource(R.string.no_address_for_link)
        is DeviceRegistrationStatus.NotRequired -> ""
    }
    Text(text, style = MaterialTheme.typography.bodyLarge)
    Explanation(stringResource(R.string.link_explained))
    Button(signOut, Modifier.fillMaxWidth(), enabled = !progress.isBusy) {
        Text(stringResource(R.string.another_link))
    }
}
