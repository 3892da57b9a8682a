package dev.stepup.sample.support

import dev.stepup.StepUpClient
import dev.stepup.core.ClientConfig
import dev.stepup.core.Platform
import dev.stepup.core.PlatformException
import dev.stepup.core.RedirectOutcome
import dev.stepup.core.SecureStorage
import dev.stepup.sample.development.SandboxTools
import dev.stepup.sample.presenter.AppModel
import dev.stepup.sample.presenter.Connection
import dev.stepup.sample.presenter.DevelopmentTools
import dev.stepup.sample.presenter.Host
import dev.stepup.sample.presenter.LogPresenter
import dev.stepup.sample.presenter.Settings
import dev.stepup.sample.presenter.SettingsStore
import dev.stepup.support.FileKeys
import dev.stepup.support.FileStorage
import dev.stepup.support.Sandbox
import dev.stepup.support.TestBrowser
import java.nio.file.Path
import java.time.Duration
import java.time.Instant
import kotlin.io.path.createDirectories
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.receiveAsFlow

/**
 * A phone with the app on it. What it keeps is in files, so the app goes on with it after it was ended.
 *
 * @param main plays the main thread.
 */
internal class Phone(
    private val sandbox: Sandbox,
    private val main: CoroutineDispatcher,
    private val directory: Path,
    private val name: String = "Pixel 9; Android 16",
) : Host, AutoCloseable {
    private var process = CoroutineScope(main + SupervisorJob())
    private val keys = FileKeys(directory.resolve("keys").createDirectories())
    val storage = FileStorage(directory)

    /** What the storage answers to whoever reads or deletes; none while it works. */
    var refusal: PlatformException? = null
    private val refusing = object : SecureStorage by storage {
        override suspend fun get(key: String): ByteArray? = refusal?.let { throw it } ?: storage.get(key)

        override suspend fun delete(key: String) = refusal?.let { throw it } ?: storage.delete(key)
    }
    val browser = TestBrowser(sandbox)

    /** How far the phone's clock is ahead of the true time. */
    var ahead: Duration = Duration.ZERO

    override val isDebug = true
    private val returned = Channel<Result<RedirectOutcome>>(Channel.UNLIMITED)
    override val redirects = returned.receiveAsFlow()
    override val store = object : SettingsStore {
        var kept = Settings(sandbox.environmentId, sandbox.baseUrl)
        override fun load() = kept
        override fun save(settings: Settings) {
            kept = settings
        }
    }

    var app = AppModel(this, process)
        private set
    val connection: Connection get() = checkNotNull(app.connection.value) { "the settings are wrong" }

    override fun now(): Instant = Instant.now() + ahead

    override fun tools(settings: Settings): DevelopmentTools? =
        settings.origin?.let { SandboxTools(it, phone = name.filter(Char::isLetterOrDigit)) }

    override fun client(settings: Settings, log: LogPresenter, tools: DevelopmentTools?): StepUpClient {
        val config = ClientConfig(
            environmentId = settings.environmentId,
            baseUrl = settings.baseUrl,
            storageNamespace = directory.fileName.toString().filter(Char::isLetterOrDigit),
            deviceName = name,
            appOrigin = "http://localhost",
            appLinks = listOf("http://localhost"),
            oauthRedirectUrl = "https://app.example/oauth",
            allowInsecureLoopback = true,
        )
        val platform = Platform(
            refusing,
            keys,
            passkeys = tools?.passkeys,
            oauthBrowser = browser,
            walletSigner = tools?.walletSigner,
            logSink = log,
        )
        return StepUpClient(config, platform)
    }

    /** The browser comes back to a process that has not opened it. */
    suspend fun returnFromBrowser(redirect: String) {
        returned.send(runCatching { connection.client.auth.handleRedirect(redirect) })
    }

    /** The system ends the app, and the user starts it again. What the app does as it closes is undone. */
    fun die() {
        val opened = app.opened.value
        val files = KeptFiles(directory.toFile())
        close()
        files.putBack()
        process = CoroutineScope(main + SupervisorJob())
        app = AppModel(this, process, opened)
    }

    override fun close() {
        app.close()
        process.cancel()
    }
}
