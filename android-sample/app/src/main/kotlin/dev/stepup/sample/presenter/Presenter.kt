package dev.stepup.sample.presenter

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch

/**
 * What a screen shows of the action that its user began last.
 *
 * @property isBusy whether it is under way.
 * @property notice how it ended, if that is worth a sentence.
 */
data class Progress(val isBusy: Boolean = false, val notice: Notice? = null)

/**
 * What is behind a screen: a state to be drawn, and functions for what the user does. They return at once;
 * what they begin goes on in [scope], one action at a time, and shows in [state] and [progress].
 */
abstract class Presenter<State>(private val initial: State, protected val scope: CoroutineScope) {
    private val shownState = MutableStateFlow(initial)
    private val shownProgress = MutableStateFlow(Progress())
    private var action: Job? = null

    /** What is to be drawn. */
    val state: StateFlow<State> = shownState.asStateFlow()

    /** How the user's last action goes. */
    val progress: StateFlow<Progress> = shownProgress.asStateFlow()

    /** The sentence has been read. */
    fun dismissNotice() = shownProgress.update { it.copy(notice = null) }

    /** Tells the user something that no action of theirs has brought about. */
    internal fun tell(notice: Notice) = shownProgress.update { it.copy(notice = notice) }

    /** What was told is no longer true. */
    internal fun withdraw(notice: Notice) =
        shownProgress.update { if (it.notice == notice) it.copy(notice = null) else it }

    /** The user is another one, or none: nothing stays of what was shown, and what is under way ends. */
    internal open fun reset() {
        stop()
        show { initial }
    }

    protected fun show(change: (State) -> State) = shownState.update(change)

    /** Begins an action, which ends with a notice or none. While another one is under way it does nothing. */
    protected fun act(run: suspend () -> Notice?) {
        if (action?.isActive == true) return
        shownProgress.value = Progress(isBusy = true)
        action = scope.launch {
            val notice = outcome(run)
            // What was stopped at its very end shows nothing either.
            ensureActive()
            shownProgress.value = Progress(notice = notice)
        }
    }

    /** Ends the action that is under way, if there is one. */
    protected fun stop() {
        action?.cancel()
        action = null
        shownProgress.value = Progress()
    }

    private suspend fun outcome(run: suspend () -> Notice?): Notice? = try {
        run()
    } catch (ended: CancellationException) {
        throw ended
    } catch (thrown: Exception) {
        noticeOf(thrown)
    }
}
