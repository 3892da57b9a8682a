package dev.stepup

import dev.stepup.core.Deadlines
import dev.stepup.core.Platform
import java.time.Duration
import kotlinx.coroutines.CoroutineDispatcher

/**
 * These callbacks, each of them guarded as [CallbackDispatchers] says. What the library cannot stand by
 * itself is an [Error] that a callback throws: it ends the app on Android, and no answer ever comes.
 *
 * The first one finds out whether the native library belongs to this version, and fails if not.
 */
internal fun Platform.guarded(deadlines: Deadlines?, dispatchers: CallbackDispatchers): Platform {
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

/** What guards listeners: they have as long as the storage has. */
internal fun listenerGuard(deadlines: Deadlines?, dispatchers: CallbackDispatchers): CallbackGuard =
    guard(dispatchers.listeners, deadlines?.storage, STORAGE_DEADLINE)

private fun guard(dispatcher: CoroutineDispatcher, given: Duration?, default: Duration) =
    CallbackGuard(dispatcher, given ?: default)

// What the library waits for unless the configuration says otherwise.
internal val STORAGE_DEADLINE: Duration = Duration.ofSeconds(5)
internal val KEYS_DEADLINE: Duration = Duration.ofSeconds(30)
internal val PASSKEY_DEADLINE: Duration = Duration.ofSeconds(300)
internal val BROWSER_DEADLINE: Duration = Duration.ofSeconds(300)
internal val WALLET_DEADLINE: Duration = Duration.ofSeconds(300)
internal val CAPTCHA_DEADLINE: Duration = Duration.ofSeconds(300)
internal val LOG_DEADLINE: Duration = Duration.ofSeconds(5)
