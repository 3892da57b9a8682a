package dev.stepup.sample.presenter

import dev.stepup.core.StepUpException
import kotlinx.coroutines.CoroutineScope
import okhttp3.HttpUrl
import okhttp3.HttpUrl.Companion.toHttpUrlOrNull

/**
 * Which environment the app speaks to.
 *
 * @property environmentId of the vendor's dashboard, or the one that the sandbox prints.
 * @property baseUrl of the API; blank for the vendor's. The sandbox prints its own.
 */
data class Settings(val environmentId: String, val baseUrl: String) {
    private val url: HttpUrl? get() = baseUrl.toHttpUrlOrNull()

    /** Whether the server is one on this machine, or forwarded to it by `adb reverse`. */
    val isLoopback: Boolean get() = url?.host in setOf("127.0.0.1", "localhost", "::1")

    /** The server without a path, if there is an address at all. */
    val origin: HttpUrl? get() = url?.resolve("/")
}

/** Keeps the settings. */
interface SettingsStore {
    /** What was kept last, or the defaults. */
    fun load(): Settings

    /** Keeps these. */
    fun save(settings: Settings)
}

/** The settings; saving others means another client. */
class SettingsPresenter(
    private val store: SettingsStore,
    private val connect: (Settings) -> Unit,
    scope: CoroutineScope,
) : Presenter<Settings>(store.load(), scope) {
    /** Speaks to another environment from now on, if its id and address can be right. Sessions stay apart. */
    fun save(environmentId: String, baseUrl: String) = act {
        // An id is the same in either case, and so is its client.
        val changed = Settings(environmentId.trim().lowercase(), baseUrl.trim())
        try {
            if (changed != state.value) connect(changed)
        } catch (wrong: StepUpException.InvalidConfiguration) {
            val isId = wrong.field == "environment_id"
            return@act if (isId) Notice.ENVIRONMENT_INVALID else Notice.ADDRESS_INVALID
        }
        store.save(changed)
        show { changed }
        Notice.SAVED
    }
}
