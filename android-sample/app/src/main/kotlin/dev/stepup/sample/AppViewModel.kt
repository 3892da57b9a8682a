package dev.stepup.sample

import android.app.Application
import androidx.lifecycle.AndroidViewModel
import androidx.lifecycle.SavedStateHandle
import androidx.lifecycle.viewModelScope
import dev.stepup.sample.presenter.AppModel
import dev.stepup.sample.presenter.Screen
import kotlinx.coroutines.launch

/** Keeps the app while the screen is rotated, and which screens are open also when the system ends it. */
class AppViewModel(application: Application, saved: SavedStateHandle) : AndroidViewModel(application) {
    /** The app. */
    val model = AppModel(
        AndroidHost(application),
        viewModelScope,
        opened = saved.get<Array<String>>(OPENED).orEmpty().map { Screen.valueOf(it) },
    )

    init {
        viewModelScope.launch {
            model.opened.collect { opened -> saved[OPENED] = opened.map { it.name }.toTypedArray() }
        }
    }

    override fun onCleared() = model.close()

    private companion object {
        const val OPENED = "opened"
    }
}
