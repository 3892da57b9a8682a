package dev.stepup.android

import android.content.Context
import android.os.Build
import dev.stepup.StepUpClient
import dev.stepup.core.ClientConfig
import dev.stepup.core.RedirectOutcome
import dev.stepup.core.Session
import dev.stepup.core.SessionListener
import dev.stepup.core.StepUpException
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.coroutines.cancellation.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.channels.BufferOverflow
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.receiveAsFlow
import kotlinx.coroutines.launch

/** The way in: the clients of this process, with everything that Android has for them. */
public object StepUp {
    private val opened = CopyOnWriteArrayList<Opened>()
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private val outcomes = Channel<Result<RedirectOutcome>>(REMEMBERED, BufferOverflow.DROP_OLDEST)
    private var activities: CurrentActivity? = null

    /**
     * How visits to an OAuth provider have ended that were begun before the system ended the app: each once,
     * kept until it is collected. Until then the app shows what it was about, from the session and from
     * `client.stepUp.pendingFlow`. A redirect that no client has asked for is not told: any app may send one.
     */
    public val redirects: Flow<Result<RedirectOutcome>> = outcomes.receiveAsFlow()

    /**
     * The client of this process, made at the first call. Call it in `Application.onCreate`, so that it is
     * there whatever the app is started by:
     *
     * ```kotlin
     * val stepUp = StepUp.android(context) {
     *     ClientConfig(
     *         environmentId = "…",
     *         appOrigin = "https://app.example",
     *         oauthRedirectUrl = "https://app.example/oauth",
     *     )
     * }
     * ```
     *
     * It has the Android Keystore, encrypted files, Credential Manager, Custom Tabs and logcat, and knows
     * when the app is in the foreground. Later calls for the same environment, base URL and storage
     * namespace, written the same way, answer with the same client, until that is closed.
     *
     * @param context any context of the app; an activity is not kept.
     * @param configure what differs from [AndroidPlatform]'s defaults, and the client's configuration. One
     *   without a `deviceName` gets the phone's.
     * @throws StepUpException.InvalidConfiguration with the name of the field.
     * @throws StepUpException.AlreadyOpen if the app itself has made such a client and not closed it, or has
     *   written the base URL in another way.
     */
    @Synchronized
    public fun android(context: Context, configure: AndroidPlatform.() -> ClientConfig): StepUpClient {
        val activities = activitiesOf(context)
        val platform = AndroidPlatform(context, activities)
        val config = platform.configure().withDeviceName()
        // Whether an earlier one is still open only the library knows.
        val client = try {
            StepUpClient(config, platform.callbacks())
        } catch (taken: StepUpException.AlreadyOpen) {
            return opened.find { it.isFor(config) && it.isOpen() }?.client ?: throw taken
        }
        opened.filter { it.isFor(config) }.forEach { it.foreground.close() }
        opened.removeAll { it.isFor(config) }
        opened += Opened(config, client, client.followForeground())
        // While every client is closed a redirect stays for the next one.
        BrowserVisits.onUnawaited = { if (opened.any { it.isOpen() }) takeRedirect() }
        takeRedirect()
        return client
    }

    /** A process has one application, but for tests, which make one after the other. */
    private fun activitiesOf(context: Context): CurrentActivity {
        val known = activities
        if (known != null && known.application === context.applicationContext) return known
        return CurrentActivity(context).also { activities = it }
    }

    private fun takeRedirect() {
        val redirect = BrowserVisits.takeUnawaited() ?: return
        scope.launch { handled(redirect)?.let { outcomes.send(it) } }
    }

    /** By the client that has waited for it, if one has: one that fails may not be that one. */
    private suspend fun handled(redirect: String): Result<RedirectOutcome>? {
        var failure: Result<RedirectOutcome>? = null
        for (client in opened.map { it.client }) {
            try {
                val outcome = client.auth.handleRedirect(redirect)
                if (outcome != RedirectOutcome.NotOurs) return Result.success(outcome)
            } catch (cancelled: CancellationException) {
                throw cancelled
            } catch (_: StepUpException.ClientClosed) {
                continue
            } catch (refused: StepUpException) {
                failure = failure ?: Result.failure(refused)
            }
        }
        return failure
    }

    private fun ClientConfig.withDeviceName() =
        copy(deviceName = deviceName ?: "${Build.MODEL}; Android ${Build.VERSION.RELEASE}")

    private class Opened(
        private val config: ClientConfig,
        val client: StepUpClient,
        val foreground: AutoCloseable,
    ) {
        /** A closed client observes nothing. */
        fun isOpen() = try {
            client.auth.subscribe(Nobody).close()
            true
        } catch (_: StepUpException.ClientClosed) {
            false
        }

        /** Of these there is one at a time. */
        fun isFor(other: ClientConfig) =
            config.environmentId.equals(other.environmentId, ignoreCase = true) &&
                config.baseUrl == other.baseUrl && config.storageNamespace == other.storageNamespace
    }

    private object Nobody : SessionListener {
        override suspend fun sessionChanged(session: Session?) = Unit
    }

    private const val REMEMBERED = 8
}
