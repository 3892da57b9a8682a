package dev.stepup.sample.screen

import android.view.WindowManager.LayoutParams.FLAG_SECURE
import androidx.activity.compose.LocalActivity
import androidx.compose.runtime.Composable
import androidx.compose.runtime.DisposableEffect

/** While this is drawn, the window is in no screenshot, no recording and not in the overview of apps. */
@Composable
internal fun SecureWindow() {
    val window = LocalActivity.current?.window
    DisposableEffect(window) {
        window?.addFlags(FLAG_SECURE)
        onDispose { window?.clearFlags(FLAG_SECURE) }
    }
}
