package dev.stepup.android

import android.content.Context
import dev.stepup.core.CaptchaProvider
import dev.stepup.core.DeviceKeys
import dev.stepup.core.LogSink
import dev.stepup.core.OAuthBrowser
import dev.stepup.core.PasskeyProvider
import dev.stepup.core.Platform
import dev.stepup.core.SecureStorage
import dev.stepup.core.WalletSigner

/**
 * What a client of [StepUp.android] is given, ready to use; what the app has of its own takes its place.
 *
 * @property storage default: [EncryptedSecureStorage].
 * @property deviceKeys default: [AndroidKeystoreDeviceKeys].
 * @property passkeys default: [CredentialManagerPasskeys].
 * @property oauthBrowser default: [CustomTabsBrowser].
 * @property walletSigner default: none, so wallets cannot be used.
 * @property captcha default: none, so a flow asks the screen to show it.
 * @property logSink default: [LogcatSink].
 */
public class AndroidPlatform internal constructor(context: Context, activities: CurrentActivity) {
    public var storage: SecureStorage = EncryptedSecureStorage(context)
    public var deviceKeys: DeviceKeys = AndroidKeystoreDeviceKeys(context)
    public var passkeys: PasskeyProvider? = CredentialManagerPasskeys(activities)
    public var oauthBrowser: OAuthBrowser? = CustomTabsBrowser(activities)
    public var walletSigner: WalletSigner? = null
    public var captcha: CaptchaProvider? = null
    public var logSink: LogSink? = LogcatSink()

    internal fun callbacks() =
        Platform(storage, deviceKeys, passkeys, oauthBrowser, walletSigner, captcha, logSink)
}
