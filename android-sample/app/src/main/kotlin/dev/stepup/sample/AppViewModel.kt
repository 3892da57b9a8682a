package dev.stepup.sample

import android.app.Application
import androidx.lifecycle.AndroidViewModel
import androidx.lifecycle.SavedStateHandle
import dev.stepup.sample.presenter.AppModel
import dev.stepup.sample.presenter.Screen
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/** Keeps the app while the screen is rotated, and which screens are open also when the system ends it. */
class AppViewModel(application: Application, saved: SavedStateHandle) : AndroidViewModel(application) {
    // Not viewModelScope: that ends first, and with it the step-up that the user may come back to.
    private val scope = CoroutineScope(Dispatchers.Main.immediate + SupervisorJob())

    /** The app. */
    val model = AppModel(
        AndroidHost(application),
        scope,
        opened = saved.get<Array<String>>(OPENED).orEmpty().map { Screen.valueOf(it) },
    )

    init {
        scope.launch {
            model.opened.collect { opened -> saved[OPENED] = opened.map { it.name }.toTypedArray() }
        }
    }

    override fun onCleared() {
        model.close()
        scope.cancel()
    }

    private companion object {
        const val OPENED = "opened"
    }
}
