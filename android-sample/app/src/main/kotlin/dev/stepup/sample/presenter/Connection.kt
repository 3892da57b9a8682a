package dev.stepup.sample.presenter

import dev.stepup.StepUpClient
import dev.stepup.core.RedirectOutcome
import dev.stepup.core.StepUpException
import dev.stepup.okhttp.stepUp
import java.time.Instant
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.cancel
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.receiveAsFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import okhttp3.HttpUrl
import okhttp3.HttpUrl.Companion.toHttpUrl
import okhttp3.OkHttpClient

/** What the app is given by its surroundings: the phone, or a test. */
interface Host {
    /** Where the settings are kept. */
    val store: SettingsStore

    /** How visits to the browser end that an earlier process has begun. */
    val redirects: Flow<Result<RedirectOutcome>>

    /** Whether this is a debug build, the only one that may speak to a server on this machine. */
    val isDebug: Boolean

    /** The time. */
    fun now(): Instant = Instant.now()

    /** What the sandbox stands in for, where it is spoken to. */
    fun tools(settings: Settings): DevelopmentTools?

    /**
     * A client with the callbacks of the phone.
     *
     * @throws dev.stepup.core.StepUpException.InvalidConfiguration for settings that cannot be right.
     */
    fun client(settings: Settings, log: LogPresenter, tools: DevelopmentTools?): StepUpClient
}

/** The app for as long as it speaks to one environment: a client, and what is behind each screen. */
class Connection(
    host: Host,
    settings: Settings,
    log: LogPresenter,
    private val scope: CoroutineScope,
    private val signingOut: (Boolean) -> Unit,
) : AutoCloseable {
    private val tools = host.tools(settings)
    private var restoring: Job? = null
    private var isRestored = false
    private var failure: Notice? = null
    private val farewells = Channel<Notice>(Channel.UNLIMITED)

    /** What went wrong as the user signed out: they are signed out all the same. */
    val signOutFailures: Flow<Notice> = farewells.receiveAsFlow()

    /** What all screens share. */
    val client: StepUpClient = host.client(settings, log, tools)

    val sheet = StepUpSheetPresenter(scope, host::now, tools?.let(::assertions))
    val signIn = SignInPresenter(client.auth, tools, scope, host::now)
    val home = HomePresenter(client, backend(host, settings), sheet, ::signOut, scope)
    val phone = PhonePresenter(client, sheet, home::cameBack, scope, host::now)
    val totp = TotpPresenter(client, sheet, scope)
    val passkeys = PasskeysPresenter(client, sheet, scope)
    val recoveryCodes = RecoveryCodesPresenter(client, scope)
    val devices = TrustedDevicesPresenter(client, signingOut, scope)
    val confirmation = DeviceConfirmationPresenter(client, ::signOut, scope)

    private val personal = listOf(signIn, home, phone, totp, passkeys, recoveryCodes, devices, confirmation)

    /**
     * Finds the session, and the step-up or code that was awaited when the system ended the app. Where the
     * storage fails the user is told, and it can be tried again; once it is done this does nothing.
     */
    fun restore() {
        if (isRestored || restoring?.isActive == true) return
        restoring = scope.launch {
            try {
                client.restore()
                if (client.auth.session() == null) signIn.resume() else phone.resume()
                client.stepUp.pendingFlow()?.let { sheet.resume(it) }
                isRestored = true
                failure?.let { signIn.withdraw(it) }
            } catch (failed: StepUpException) {
                failure = failed.notice
                failure?.let { signIn.tell(it) }
            }
        }
    }

    /** Waits until [restore] has ended, however it did. */
    suspend fun restored() {
        restoring?.join()
    }

    /** What is behind a screen; the sign-in, for those that are everybody's. */
    fun presenter(screen: Screen): Presenter<*> = when (screen) {
        Screen.CONFIRM_DEVICE -> confirmation
        Screen.HOME -> home
        Screen.PHONE -> phone
        Screen.TOTP -> totp
        Screen.PASSKEYS -> passkeys
        Screen.RECOVERY_CODES -> recoveryCodes
        Screen.DEVICES -> devices
        Screen.SIGN_IN, Screen.START, Screen.SETTINGS, Screen.LOG -> signIn
    }

    /** A screen is closed, by whatever button: what is secret on it is not kept. */
    fun leave(screen: Screen) = when (screen) {
        Screen.TOTP -> totp.abandon()
        Screen.RECOVERY_CODES -> recoveryCodes.hide()
        else -> {}
    }

    /** The user is another one, or none: nothing of theirs is left for the next one. */
    fun forgetUser() {
        sheet.close()
        personal.forEach { it.reset() }
    }

    /** The user ends the session. Goes on by itself, as the screen that asks for it goes away meanwhile. */
    private suspend fun signOut() {
        signingOut(true)
        scope.launch {
            try {
                client.auth.logout()
            } catch (failed: StepUpException) {
                failed.notice?.let { farewells.send(it) }
            }
        }.join()
    }

    /** The backend's assertions are for whoever is signed in. */
    private fun assertions(tools: DevelopmentTools): Assertions = { scopes ->
        tools.assertion(client.auth.session()?.user?.id.orEmpty(), email = null, scopes)
    }

    private fun backend(host: Host, settings: Settings): Backend {
        val origin = settings.origin ?: VENDOR.toHttpUrl()
        val http = OkHttpClient.Builder().stepUp(
            client.stepUp,
            hosts = setOf(origin.host),
            allowInsecureLoopback = host.isDebug,
            // OkHttp calls on a thread of its own; the sheet belongs to the screen's.
            present = { flow -> withContext(scope.coroutineContext.minusKey(Job)) { sheet.present(flow) } },
        )
        return Backend(http.build(), origin.newBuilder().encodedPath("/sandbox/protected").build())
    }

    override fun close() {
        // First, so that a step-up that is under way stays for the next client.
        client.close()
        scope.cancel()
    }

    private companion object {
        const val VENDOR = "https://app.dynamicauth.com"
    }
}
