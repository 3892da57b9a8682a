package dev.stepup

import dev.stepup.core.BrowserRequest
import dev.stepup.core.CaptchaChallenge
import dev.stepup.core.CaptchaProvider
import dev.stepup.core.DeviceKeys
import dev.stepup.core.DevicePublicKey
import dev.stepup.core.DeviceRegistrationListener
import dev.stepup.core.DeviceRegistrationStatus
import dev.stepup.core.Elevation
import dev.stepup.core.ElevationListener
import dev.stepup.core.LogRecord
import dev.stepup.core.LogSink
import dev.stepup.core.OAuthBrowser
import dev.stepup.core.PasskeyProvider
import dev.stepup.core.PlatformException
import dev.stepup.core.SecureStorage
import dev.stepup.core.Session
import dev.stepup.core.SessionListener
import dev.stepup.core.StepUpFlowListener
import dev.stepup.core.StepUpFlowState
import dev.stepup.core.StepUpState
import dev.stepup.core.StepUpStateListener
import dev.stepup.core.WalletAccount
import dev.stepup.core.WalletMessage
import dev.stepup.core.WalletSigner
import kotlin.coroutines.cancellation.CancellationException
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive

internal class SafeSecureStorage(private val storage: SecureStorage, private val guard: CallbackGuard) :
    SecureStorage {
    override suspend fun get(key: String): ByteArray? = guard.answer { storage.get(key) }

    override suspend fun put(key: String, value: ByteArray) =
        guard.answerWhenEnded { storage.put(key, value) }

    override suspend fun delete(key: String) = guard.answerWhenEnded { storage.delete(key) }
}

internal class SafeDeviceKeys(private val keys: DeviceKeys, private val guard: CallbackGuard) : DeviceKeys {
    override suspend fun generate(name: String): DevicePublicKey = guard.answer { keys.generate(name) }

    override suspend fun publicKey(name: String): DevicePublicKey? = guard.answer { keys.publicKey(name) }

    override suspend fun sign(name: String, message: ByteArray): ByteArray =
        guard.answer { keys.sign(name, message) }

    override suspend fun delete(name: String) = guard.answer { keys.delete(name) }
}

internal class SafePasskeyProvider(private val passkeys: PasskeyProvider, private val guard: CallbackGuard) :
    PasskeyProvider {
    override suspend fun create(optionsJson: String): String =
        guard.answerOfPerson { passkeys.create(optionsJson) }

    override suspend fun get(optionsJson: String): String = guard.answerOfPerson { passkeys.get(optionsJson) }
}

internal class SafeOAuthBrowser(private val browser: OAuthBrowser, private val guard: CallbackGuard) :
    OAuthBrowser {
    override suspend fun open(request: BrowserRequest): String =
        guard.answerOfPerson { browser.open(request) }
}

internal class SafeWalletSigner(private val wallets: WalletSigner, private val guard: CallbackGuard) :
    WalletSigner {
    override suspend fun accounts(): List<WalletAccount> = guard.answerOfPerson { wallets.accounts() }

    override suspend fun signMessage(message: WalletMessage): String =
        guard.answerOfPerson { wallets.signMessage(message) }
}

internal class SafeCaptchaProvider(private val captcha: CaptchaProvider, private val guard: CallbackGuard) :
    CaptchaProvider {
    override suspend fun solve(challenge: CaptchaChallenge): String =
        guard.answerOfPerson { captcha.solve(challenge) }
}

/** Where a person is asked, a screen that is gone is a person who does not want to. */
private suspend fun <T> CallbackGuard.answerOfPerson(ask: suspend () -> T): T = answer {
    try {
        ask()
    } catch (timeout: TimeoutCancellationException) {
        throw timeout
    } catch (_: CancellationException) {
        currentCoroutineContext().ensureActive()
        throw PlatformException.Cancelled()
    }
}

internal class SafeLogSink(private val logSink: LogSink, private val guard: CallbackGuard) : LogSink {
    override suspend fun log(record: LogRecord) = guard.answer { logSink.log(record) }
}

internal class SafeDeviceRegistrationListener(
    private val listener: DeviceRegistrationListener,
    private val guard: CallbackGuard,
) : DeviceRegistrationListener {
    override suspend fun statusChanged(status: DeviceRegistrationStatus) =
        guard.answer { listener.statusChanged(status) }
}

internal class SafeSessionListener(private val listener: SessionListener, private val guard: CallbackGuard) :
    SessionListener {
    override suspend fun sessionChanged(session: Session?) = guard.answer { listener.sessionChanged(session) }
}

internal class SafeElevationListener(
    private val listener: ElevationListener,
    private val guard: CallbackGuard,
) : ElevationListener {
    override suspend fun elevationsChanged(elevations: List<Elevation>) =
        guard.answer { listener.elevationsChanged(elevations) }
}

internal class SafeStepUpStateListener(
    private val listener: StepUpStateListener,
    private val guard: CallbackGuard,
) : StepUpStateListener {
    override suspend fun stateChanged(state: StepUpState) = guard.answer { listener.stateChanged(state) }
}

internal class SafeStepUpFlowListener(
    private val listener: StepUpFlowListener,
    private val guard: CallbackGuard,
) : StepUpFlowListener {
    override suspend fun stateChanged(state: StepUpFlowState) = guard.answer { listener.stateChanged(state) }
}
