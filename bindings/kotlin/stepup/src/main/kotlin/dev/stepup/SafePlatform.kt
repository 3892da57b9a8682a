package dev.stepup

import dev.stepup.core.CaptchaProvider
import dev.stepup.core.Deadlines
import dev.stepup.core.DeviceKeys
import dev.stepup.core.DeviceRegistrationListener
import dev.stepup.core.ElevationListener
import dev.stepup.core.LogSink
import dev.stepup.core.OAuthBrowser
import dev.stepup.core.PasskeyProvider
import dev.stepup.core.Platform
import dev.stepup.core.SecureStorage
import dev.stepup.core.SessionListener
import dev.stepup.core.StepUpFlowListener
import dev.stepup.core.StepUpStateListener
import dev.stepup.core.WalletSigner
import java.time.Duration
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers

/**
 * The [Platform] to make a client with, every callback of it guarded. The first one finds out whether the
 * native library belongs to this version, and fails if not.
 *
 * The library calls back from its own threads and waits for an answer. What it cannot stand by itself is an
 * [Error] that a callback throws: it ends the app on Android, and no answer ever comes. So each callback is
 * wrapped here:
 *
 * - it runs on a dispatcher that is meant for it ([CallbackDispatchers]);
 * - whatever it throws becomes an answer. A [dev.stepup.core.PlatformException] is passed on as it is,
 *   anything else as `Internal` without its text, which could hold what the callback was given;
 * - when the library does not wait any longer, because the call that needed it was cancelled, the callback's
 *   coroutine is cancelled too;
 * - it answers in time: shortly before the library's own deadline its coroutine is cancelled and the answer
 *   is `TimedOut`, even if a thread is blocked and cannot be stopped. One that writes into the storage is
 *   waited for until it has really ended: the library has to know when, so that it can see to it that what is
 *   written late does not stay.
 *
 * @param storage keeps the session and reusable elevated tokens.
 * @param deviceKeys holds the device key and the session key.
 * @param passkeys shows the system's passkey sheet; without it passkeys are unavailable.
 * @param oauthBrowser opens the pages of OAuth providers; without it social accounts are unavailable.
 * @param walletSigner asks the user's wallets; without it wallets are unavailable.
 * @param captcha shows captchas; without it what needs one is unavailable.
 * @param logSink takes the log.
 * @param deadlines those that the client is configured with, as in `ClientConfig.deadlines`.
 * @param dispatchers where the callbacks run.
 */
public fun safePlatform(
    storage: SecureStorage,
    deviceKeys: DeviceKeys,
    passkeys: PasskeyProvider? = null,
    oauthBrowser: OAuthBrowser? = null,
    walletSigner: WalletSigner? = null,
    captcha: CaptchaProvider? = null,
    logSink: LogSink? = null,
    deadlines: Deadlines? = null,
    dispatchers: CallbackDispatchers = CallbackDispatchers(),
): Platform {
    // By itself the generated code does not look whether it was made from the library that it found.
    NativeLibrary.load()
    return Platform(
        SafeSecureStorage(storage, guard(dispatchers.storage, deadlines?.storage, STORAGE_DEADLINE)),
        SafeDeviceKeys(deviceKeys, guard(dispatchers.deviceKeys, deadlines?.keys, KEYS_DEADLINE)),
        passkeys?.let {
            SafePasskeyProvider(it, guard(dispatchers.passkeys, deadlines?.passkey, PASSKEY_DEADLINE))
        },
        oauthBrowser?.let {
            SafeOAuthBrowser(it, guard(dispatchers.oauthBrowser, deadlines?.browser, BROWSER_DEADLINE))
        },
        walletSigner?.let {
            SafeWalletSigner(it, guard(dispatchers.walletSigner, deadlines?.wallet, WALLET_DEADLINE))
        },
        captcha?.let {
            SafeCaptchaProvider(it, guard(dispatchers.captcha, deadlines?.captcha, CAPTCHA_DEADLINE))
        },
        logSink?.let { SafeLogSink(it, guard(dispatchers.logSink, null, LOG_DEADLINE)) },
    )
}

/**
 * The listener to subscribe with, guarded as the callbacks of [safePlatform] are: one that throws or hangs
 * misses that value only.
 *
 * @param listener is told the status of the device's registration.
 * @param deadlines those that the client is configured with: a listener has as long as the storage has.
 * @param dispatcher where the listener runs.
 */
public fun safeListener(
    listener: DeviceRegistrationListener,
    deadlines: Deadlines? = null,
    dispatcher: CoroutineDispatcher = Dispatchers.IO,
): DeviceRegistrationListener =
    SafeDeviceRegistrationListener(listener, guard(dispatcher, deadlines?.storage, STORAGE_DEADLINE))

/**
 * The same for a listener to the session.
 *
 * @param listener is told who is signed in.
 * @param deadlines those that the client is configured with: a listener has as long as the storage has.
 * @param dispatcher where the listener runs.
 */
public fun safeListener(
    listener: SessionListener,
    deadlines: Deadlines? = null,
    dispatcher: CoroutineDispatcher = Dispatchers.IO,
): SessionListener =
    SafeSessionListener(listener, guard(dispatcher, deadlines?.storage, STORAGE_DEADLINE))

/**
 * The same for a listener to the elevations.
 *
 * @param listener is told which elevations are held.
 * @param deadlines those that the client is configured with: a listener has as long as the storage has.
 * @param dispatcher where the listener runs.
 */
public fun safeListener(
    listener: ElevationListener,
    deadlines: Deadlines? = null,
    dispatcher: CoroutineDispatcher = Dispatchers.IO,
): ElevationListener =
    SafeElevationListener(listener, guard(dispatcher, deadlines?.storage, STORAGE_DEADLINE))

/**
 * The same for a listener to the state of step-ups.
 *
 * @param listener is told how the client's step-ups are going.
 * @param deadlines those that the client is configured with: a listener has as long as the storage has.
 * @param dispatcher where the listener runs.
 */
public fun safeListener(
    listener: StepUpStateListener,
    deadlines: Deadlines? = null,
    dispatcher: CoroutineDispatcher = Dispatchers.IO,
): StepUpStateListener =
    SafeStepUpStateListener(listener, guard(dispatcher, deadlines?.storage, STORAGE_DEADLINE))

/**
 * The same for a listener to a flow.
 *
 * @param listener is told the states of the flow.
 * @param deadlines those that the client is configured with: a listener has as long as the storage has.
 * @param dispatcher where the listener runs; `Dispatchers.Main` for one that touches the screen.
 */
public fun safeListener(
    listener: StepUpFlowListener,
    deadlines: Deadlines? = null,
    dispatcher: CoroutineDispatcher = Dispatchers.IO,
): StepUpFlowListener =
    SafeStepUpFlowListener(listener, guard(dispatcher, deadlines?.storage, STORAGE_DEADLINE))

private fun guard(dispatcher: CoroutineDispatcher, given: Duration?, default: Duration) =
    CallbackGuard(dispatcher, given ?: default)

/**
 * Where the callbacks run. The defaults suit callbacks that block a thread, as keystores and files do, and a
 * passkey provider, a browser, a wallet and a captcha that find their own way to the main thread: give
 * `Dispatchers.Main` to those that touch the screen. `Dispatchers.Default` has so few threads that two that
 * are blocked can stop all callbacks.
 *
 * @property storage for [SecureStorage].
 * @property deviceKeys for [DeviceKeys].
 * @property passkeys for [PasskeyProvider].
 * @property oauthBrowser for [OAuthBrowser].
 * @property walletSigner for [WalletSigner].
 * @property captcha for [CaptchaProvider].
 * @property logSink for [LogSink].
 */
public class CallbackDispatchers(
    public val storage: CoroutineDispatcher = Dispatchers.IO,
    public val deviceKeys: CoroutineDispatcher = Dispatchers.IO,
    public val passkeys: CoroutineDispatcher = Dispatchers.IO,
    public val oauthBrowser: CoroutineDispatcher = Dispatchers.IO,
    public val walletSigner: CoroutineDispatcher = Dispatchers.IO,
    public val captcha: CoroutineDispatcher = Dispatchers.IO,
    public val logSink: CoroutineDispatcher = Dispatchers.IO,
)

// What the library waits for unless the configuration says otherwise.
internal val STORAGE_DEADLINE: Duration = Duration.ofSeconds(5)
internal val KEYS_DEADLINE: Duration = Duration.ofSeconds(30)
internal val PASSKEY_DEADLINE: Duration = Duration.ofSeconds(300)
internal val BROWSER_DEADLINE: Duration = Duration.ofSeconds(300)
internal val WALLET_DEADLINE: Duration = Duration.ofSeconds(300)
internal val CAPTCHA_DEADLINE: Duration = Duration.ofSeconds(300)
internal val LOG_DEADLINE: Duration = Duration.ofSeconds(5)
