package dev.stepup.sample.presenter

import dev.stepup.StepUpClient
import dev.stepup.core.RedirectOutcome
import dev.stepup.okhttp.stepUp
import java.time.Instant
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.Flow
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
    onSignOut: () -> Unit,
) : AutoCloseable {
    private val tools = host.tools(settings)

    /** What all screens share. */
    val client: StepUpClient = host.client(settings, log, tools)

    val sheet = StepUpSheetPresenter(scope, host::now, tools?.let(::assertions))
    val signIn = SignInPresenter(client.auth, tools, scope, host::now)
    val home = HomePresenter(client, backend(host, settings), sheet, onSignOut, scope)
    val totp = TotpPresenter(client, sheet, scope)
    val passkeys = PasskeysPresenter(client, sheet, scope)
    val recoveryCodes = RecoveryCodesPresenter(client, scope)
    val devices = TrustedDevicesPresenter(client, scope)
    val confirmation = DeviceConfirmationPresenter(client, scope)

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
