package dev.stepup.sample.screen

import androidx.activity.compose.BackHandler
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.saveable.rememberSaveableStateHolder
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import dev.stepup.sample.presenter.AppModel
import dev.stepup.sample.presenter.Connection
import dev.stepup.sample.presenter.Screen

/** The app: the screen that is to be shown, and over it the sheet while there is a step-up. */
@Composable
internal fun SampleApp(app: AppModel) {
    val screen by app.screen.collectAsStateWithLifecycle()
    val opened by app.opened.collectAsStateWithLifecycle()
    val connection by app.connection.collectAsStateWithLifecycle()
    val users by app.users.collectAsStateWithLifecycle()
    val back = { app.back(); Unit }
    // What is typed on one screen is there again after another one, but not for another user.
    val typed = key(users) { rememberSaveableStateHolder() }
    BackHandler(enabled = opened.isNotEmpty(), back)
    Surface(Modifier.fillMaxSize(), color = MaterialTheme.colorScheme.background) {
        when (screen) {
            Screen.SETTINGS -> SettingsScreen(app.settings, app.isDebug, back)
            Screen.LOG -> LogScreen(app.log, back)
            else -> connection?.let {
                typed.SaveableStateProvider(screen) { Connected(it, screen, app::open, back) }
            }
        }
        connection?.let { StepUpSheetScreen(it.sheet, isCaptchaSimulated = it.signIn.hasBackend) }
    }
}

@Composable
private fun Connected(connection: Connection, screen: Screen, open: (Screen) -> Unit, back: () -> Unit) =
    when (screen) {
        Screen.SIGN_IN -> SignInScreen(connection.signIn, open)
        Screen.CONFIRM_DEVICE -> ConfirmDeviceScreen(connection.confirmation)
        Screen.HOME -> HomeScreen(connection.home, connection.signIn.hasBackend, open)
        Screen.PHONE -> PhoneScreen(connection.phone, back)
        Screen.TOTP -> TotpScreen(connection.totp, back)
        Screen.PASSKEYS -> PasskeysScreen(connection.passkeys, back)
        Screen.RECOVERY_CODES -> RecoveryCodesScreen(connection.recoveryCodes, back)
        Screen.DEVICES -> DevicesScreen(connection.devices, back)
        Screen.START, Screen.SETTINGS, Screen.LOG -> Starting()
    }

@Composable
private fun Starting() = Box(Modifier.fillMaxSize(), Alignment.Center) { CircularProgressIndicator() }
