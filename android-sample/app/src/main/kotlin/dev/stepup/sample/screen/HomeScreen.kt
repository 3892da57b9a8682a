package dev.stepup.sample.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.automirrored.filled.KeyboardArrowRight
import androidx.compose.material.icons.automirrored.filled.List
import androidx.compose.material.icons.filled.AccountCircle
import androidx.compose.material.icons.filled.Delete
import androidx.compose.material.icons.filled.Lock
import androidx.compose.material.icons.filled.Refresh
import androidx.compose.material.icons.filled.Settings
import androidx.compose.material3.Button
import androidx.compose.material3.Card
import androidx.compose.material3.CardDefaults
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import dev.stepup.core.CredentialId
import dev.stepup.core.OnboardingDuty
import dev.stepup.core.SocialProvider
import dev.stepup.sample.R
import dev.stepup.sample.presenter.HomePresenter
import dev.stepup.sample.presenter.HomeState
import dev.stepup.sample.presenter.LinkedCredential
import dev.stepup.sample.presenter.Progress
import dev.stepup.sample.presenter.Screen

/** What the user of home can do. */
internal class HomeActions(
    val exportKey: () -> Unit = {},
    val exportKeyByBackend: (() -> Unit)? = null,
    val proveSecondFactor: () -> Unit = {},
    val linkSocial: (SocialProvider) -> Unit = {},
    val linkWallet: (() -> Unit)? = null,
    val unlink: (CredentialId) -> Unit = {},
    val acceptOffer: () -> Unit = {},
    val declineOffer: () -> Unit = {},
    val refresh: () -> Unit = {},
    val signOut: () -> Unit = {},
    val dismiss: () -> Unit = {},
    val open: (Screen) -> Unit = {},
)

/** Home. */
@Composable
internal fun HomeScreen(presenter: HomePresenter, hasTools: Boolean, open: (Screen) -> Unit) {
    val state by presenter.state.collectAsStateWithLifecycle()
    val progress by presenter.progress.collectAsStateWithLifecycle()
    val actions = HomeActions(
        exportKey = { presenter.exportKey() },
        exportKeyByBackend = { presenter.exportKeyByBackend() }.takeIf { hasTools },
        proveSecondFactor = { presenter.proveSecondFactor() },
        linkSocial = presenter::linkSocial,
        linkWallet = { presenter.linkWallet() }.takeIf { hasTools },
        unlink = presenter::unlink,
        acceptOffer = { presenter.acceptOffer() },
        declineOffer = { presenter.declineOffer() },
        refresh = { presenter.refresh() },
        signOut = { presenter.signOut() },
        dismiss = presenter::dismissNotice,
        open = open,
    )
    HomeContent(state, progress, actions)
}

@Composable
internal fun HomeContent(state: HomeState, progress: Progress, actions: HomeActions) = Page(
    title = stringResource(R.string.app_name),
    progress = progress,
    dismiss = actions.dismiss,
    actions = { HomeMenu(actions) },
) {
    Who(state)
    for (duty in state.duties) Duty(duty, actions)
    Heading(stringResource(R.string.sensitive))
    Explanation(stringResource(R.string.export_explained))
    Button(actions.exportKey, Modifier.fillMaxWidth(), enabled = !progress.isBusy) {
        Icon(Icons.Default.Lock, null, Modifier.padding(end = 12.dp).size(20.dp))
        Text(stringResource(R.string.export_key))
    }
    actions.exportKeyByBackend?.let {
        OutlinedButton(it, Modifier.fillMaxWidth(), enabled = !progress.isBusy) {
            Text(stringResource(R.string.export_key_by_backend))
        }
    }
    for (held in state.elevations) {
        Explanation(stringResource(R.string.held, held.scopes.joinToString(), held.expiresAt.time()))
    }
    Credentials(state.credentials, progress.isBusy, actions)
    Heading(stringResource(R.string.security))
    Entry(R.string.totp, Screen.TOTP, actions.open)
    Entry(R.string.passkeys, Screen.PASSKEYS, actions.open)
    Entry(R.string.recovery_codes, Screen.RECOVERY_CODES, actions.open)
    Entry(R.string.trusted_devices, Screen.DEVICES, actions.open)
    TextButton(actions.signOut, Modifier.fillMaxWidth(), enabled = !progress.isBusy) {
        Text(stringResource(R.string.sign_out))
    }
    state.offer?.let { OfferDialog(it, actions.acceptOffer, actions.declineOffer) }
}

@Composable
private fun HomeMenu(actions: HomeActions) {
    IconButton(actions.refresh) { Icon(Icons.Default.Refresh, stringResource(R.string.refresh)) }
    IconButton({ actions.open(Screen.LOG) }) {
        Icon(Icons.AutoMirrored.Filled.List, stringResource(R.string.log))
    }
    IconButton({ actions.open(Screen.SETTINGS) }) {
        Icon(Icons.Default.Settings, stringResource(R.string.settings))
    }
}

@Composable
private fun Who(state: HomeState) = Row(
    Modifier.fillMaxWidth(),
    Arrangement.spacedBy(16.dp),
    Alignment.CenterVertically,
) {
    Icon(Icons.Default.AccountCircle, null, Modifier.size(48.dp), MaterialTheme.colorScheme.primary)
    Column {
        Text(
            state.name ?: stringResource(R.string.somebody),
            style = MaterialTheme.typography.titleLarge,
        )
        state.expiresAt?.let { Explanation(stringResource(R.string.signed_in_until, it.time())) }
    }
}

@Composable
private fun Duty(duty: OnboardingDuty, actions: HomeActions) = Card(
    Modifier.fillMaxWidth(),
    colors = CardDefaults.cardColors(MaterialTheme.colorScheme.secondaryContainer),
) {
    Column(Modifier.padding(16.dp), Arrangement.spacedBy(4.dp)) {
        Text(stringResource(duty.title), style = MaterialTheme.typography.titleMedium)
        Text(stringResource(duty.consequence), style = MaterialTheme.typography.bodyMedium)
        val isFactor = duty == OnboardingDuty.COMPLETE_MFA
        if (isFactor) {
            TextButton(actions.proveSecondFactor) { Text(stringResource(R.string.prove_factor)) }
            TextButton({ actions.open(Screen.TOTP) }) { Text(stringResource(R.string.enroll_totp)) }
        }
        if (duty == OnboardingDuty.ACKNOWLEDGE_RECOVERY_CODES) {
            TextButton({ actions.open(Screen.RECOVERY_CODES) }) { Text(stringResource(R.string.show_codes)) }
        }
    }
}

@Composable
private fun Credentials(credentials: List<LinkedCredential>, isBusy: Boolean, actions: HomeActions) {
    Heading(stringResource(R.string.ways_to_sign_in))
    for (credential in credentials) {
        Item(credential.name, credential.format.icon) {
            IconButton({ actions.unlink(credential.id) }, enabled = !isBusy) {
                Icon(Icons.Default.Delete, stringResource(R.string.unlink, credential.name))
            }
        }
    }
    OutlinedButton(
        { actions.linkSocial(SocialProvider.Github) },
        Modifier.fillMaxWidth(),
        enabled = !isBusy,
    ) { Text(stringResource(R.string.link, SocialProvider.Github.name())) }
    OutlinedButton({ actions.open(Screen.PHONE) }, Modifier.fillMaxWidth(), enabled = !isBusy) {
        Text(stringResource(R.string.link_phone))
    }
    actions.linkWallet?.let {
        OutlinedButton(it, Modifier.fillMaxWidth(), enabled = !isBusy) {
            Text(stringResource(R.string.link_wallet))
        }
    }
}

@Composable
private fun Entry(text: Int, screen: Screen, open: (Screen) -> Unit) =
    Item(stringResource(text), open = { open(screen) }) {
        Icon(Icons.AutoMirrored.Filled.KeyboardArrowRight, null)
    }
