package dev.stepup

import dev.stepup.core.CaptchaProvider
import dev.stepup.core.DeviceKeys
import dev.stepup.core.LogSink
import dev.stepup.core.OAuthBrowser
import dev.stepup.core.PasskeyProvider
import dev.stepup.core.SecureStorage
import dev.stepup.core.WalletSigner
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers

/**
 * Where the app's callbacks run.
 *
 * The library calls back from its own threads and waits for an answer, so a [StepUpClient] guards what it is
 * given:
 *
 * - a callback runs on the dispatcher that is meant for it;
 * - whatever it throws, an [Error] too, becomes an answer. A [dev.stepup.core.PlatformException] is passed on
 *   as it is, anything else as `Internal` without its text, which could hold what the callback was given;
 * - when the library does not wait any longer, because the call that needed it was cancelled, the callback's
 *   coroutine is cancelled too;
 * - it answers in time: shortly before the library's own deadline its coroutine is cancelled and the answer
 *   is `TimedOut`, even if a thread is blocked and cannot be stopped. One that writes into the storage is
 *   waited for until it has really ended: the library has to know when, so that it can see to it that what is
 *   written late does not stay;
 * - a listener that throws or hangs misses that value only.
 *
 * The defaults suit callbacks that block a thread, as keystores and files do, and a passkey provider, a
 * browser, a wallet and a captcha that find their own way to the main thread: give `Dispatchers.Main` to
 * those that touch the screen. `Dispatchers.Default` has so few threads that two that are blocked can stop
 * all callbacks.
 *
 * @property storage for [SecureStorage].
 * @property deviceKeys for [DeviceKeys].
 * @property passkeys for [PasskeyProvider].
 * @property oauthBrowser for [OAuthBrowser].
 * @property walletSigner for [WalletSigner].
 * @property captcha for [CaptchaProvider].
 * @property logSink for [LogSink].
 * @property listeners for every listener.
 */
public class CallbackDispatchers(
    public val storage: CoroutineDispatcher = Dispatchers.IO,
    public val deviceKeys: CoroutineDispatcher = Dispatchers.IO,
    public val passkeys: CoroutineDispatcher = Dispatchers.IO,
    public val oauthBrowser: CoroutineDispatcher = Dispatchers.IO,
    public val walletSigner: CoroutineDispatcher = Dispatchers.IO,
    public val captcha: CoroutineDispatcher = Dispatchers.IO,
    public val logSink: CoroutineDispatcher = Dispatchers.IO,
    public val listeners: CoroutineDispatcher = Dispatchers.IO,
)
