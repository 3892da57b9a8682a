package dev.stepup.sample.presenter

import dev.stepup.core.OnboardingDuty
import dev.stepup.core.RedirectOutcome
import dev.stepup.core.Session
import dev.stepup.core.StepUpException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.SharingStarted
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.filterNotNull
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.stateIn
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.job
import kotlinx.coroutines.launch

/** The screens. */
enum class Screen {
    START, SIGN_IN, CONFIRM_DEVICE, HOME, PHONE, TOTP, PASSKEYS, RECOVERY_CODES, DEVICES, SETTINGS, LOG
}

/**
 * The app: the connection to one environment, and which screen is shown. That follows from who is signed in,
 * and from what the user has opened.
 *
 * @param opened the screens that the user had opened when the system ended the app, the last one on top.
 */
class AppModel(
    private val host: Host,
    private val scope: CoroutineScope,
    opened: List<Screen> = emptyList(),
) {
    private val present = MutableStateFlow<Connection?>(null)
    private val access = MutableStateFlow(Access.UNKNOWN)
    private val stack = MutableStateFlow(opened)
    private val changesOfUser = MutableStateFlow(0)
    private var isSigningOut = false
    private var user: String? = null

    val log = LogPresenter()
    val settings = SettingsPresenter(host.store, ::connect, scope)

    /** Whether it may speak to a server on this machine. */
    val isDebug: Boolean get() = host.isDebug

    /** What is behind the screens; none as long as the settings are not right. */
    val connection: StateFlow<Connection?> = present.asStateFlow()

    /** The screens that the user has opened, the last one on top. To be kept for the next process. */
    val opened: StateFlow<List<Screen>> = stack.asStateFlow()

    /** Counts who has been signed in: what one user has typed is not shown to the next. */
    val users: StateFlow<Int> = changesOfUser.asStateFlow()

    /** The one that is shown. */
    val screen: StateFlow<Screen> =
        combine(stack, access) { opened, access -> access.screen(opened.lastOrNull()) }
            .stateIn(scope, SharingStarted.Eagerly, Screen.START)

    init {
        try {
            connect(host.store.load())
        } catch (_: StepUpException.InvalidConfiguration) {
            // As at the very first start: the user enters the environment.
            open(Screen.SETTINGS)
            access.value = Access.SIGNED_OUT
        }
    }

    /** Opens a screen over the one that is shown. */
    fun open(screen: Screen) = stack.update { it - screen + screen }

    /** Closes the screen on top: whether there was one. */
    fun back(): Boolean {
        val closed = stack.value.lastOrNull() ?: return false
        stack.update { it.dropLast(1) }
        present.value?.leave(closed)
        return true
    }

    /** The app can be seen again: a storage that was locked may be open by now. */
    fun resume() {
        present.value?.restore()
    }

    /** The app was opened by a link: the one in an e-mail that confirms this device, or another one. */
    fun openLink(url: String) {
        val connection = present.value ?: return
        scope.launch {
            connection.restored()
            if (connection.confirmation.isMine(url)) connection.confirmation.open(url)
        }
    }

    /** Lets go of the client; the session stays for the next one. */
    fun close() {
        present.value?.close()
        present.value = null
    }

    private fun connect(settings: Settings) {
        val own = CoroutineScope(scope.coroutineContext + SupervisorJob(scope.coroutineContext.job))
        val connection = Connection(host, settings, log, own) { isSigningOut = it }
        present.value?.close()
        access.value = Access.UNKNOWN
        if (user != null) changesOfUser.update { it + 1 }
        user = null
        present.value = connection
        connection.restore()
        own.launch {
            connection.restored()
            host.redirects.collect { returned(connection, it) }
        }
        own.launch {
            connection.restored()
            connection.client.auth.sessions.collect { follow(connection, it ?: session(connection)) }
        }
        own.launch {
            connection.signOutFailures.collect { notice ->
                access.first { it == Access.SIGNED_OUT }
                connection.signIn.tell(notice)
            }
        }
        own.launch { passOn(connection) }
    }

    /** What is told late is not newer than what the client answers. */
    private suspend fun session(connection: Connection): Session? = try {
        connection.client.auth.session()
    } catch (_: StepUpException) {
        // The storage gives nothing, which the user has been told: for now nobody is signed in.
        null
    }

    private fun follow(connection: Connection, session: Session?) {
        val isOther = user != null && session?.user?.id != user
        if (isOther) {
            connection.forgetUser()
            changesOfUser.update { it + 1 }
        }
        user = session?.user?.id
        access.value = when {
            session == null -> Access.SIGNED_OUT
            OnboardingDuty.REGISTER_DEVICE in session.duties -> Access.UNCONFIRMED
            else -> Access.SIGNED_IN
        }
        if (isOther) stack.value = emptyList()
        if (session != null) return
        if (isOther && !isSigningOut) connection.signIn.tell(Notice.SESSION_ENDED)
        isSigningOut = false
    }

    /** The link of an e-mail can be opened while whatever is shown: how that ends is told there. */
    private suspend fun passOn(connection: Connection) {
        val confirmation = connection.confirmation
        combine(access, confirmation.progress) { access, progress ->
            progress.notice.takeIf { access == Access.SIGNED_IN || access == Access.SIGNED_OUT }
        }.filterNotNull().collect { notice ->
            confirmation.dismissNotice()
            tell(connection, notice)
        }
    }

    private fun tell(connection: Connection, notice: Notice) {
        val mine = stack.value.lastOrNull { it != Screen.SETTINGS && it != Screen.LOG }
        connection.presenter(access.value.screen(mine)).tell(notice)
    }

    /** The browser was opened by an earlier process, and has come back to this one. */
    private fun returned(connection: Connection, result: Result<RedirectOutcome>) {
        when (val outcome = result.getOrNull()) {
            is RedirectOutcome.Linked -> connection.home.cameBack(outcome.outcome)
            is RedirectOutcome.Elevated -> connection.sheet.granted()
            else -> {}
        }
        val failure = result.exceptionOrNull() as? StepUpException
        failure?.notice?.let { tell(connection, it) }
    }
}

private enum class Access {
    UNKNOWN, SIGNED_OUT, UNCONFIRMED, SIGNED_IN;

    /** What is shown: what the user has [opened], as far as it is for them. */
    fun screen(opened: Screen?): Screen = when {
        this == SIGNED_IN -> opened ?: Screen.HOME
        opened == Screen.SETTINGS || opened == Screen.LOG -> opened
        this == UNCONFIRMED -> Screen.CONFIRM_DEVICE
        this == SIGNED_OUT -> Screen.SIGN_IN
        else -> Screen.START
    }
}
