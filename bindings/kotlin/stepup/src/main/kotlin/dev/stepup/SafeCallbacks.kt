package dev.stepup

import dev.stepup.core.DeviceKeys
import dev.stepup.core.DevicePublicKey
import dev.stepup.core.LogRecord
import dev.stepup.core.LogSink
import dev.stepup.core.PasskeyProvider
import dev.stepup.core.PlatformException
import dev.stepup.core.SecureStorage
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
    override suspend fun create(optionsJson: String): String = ceremony { passkeys.create(optionsJson) }

    override suspend fun get(optionsJson: String): String = ceremony { passkeys.get(optionsJson) }

    private suspend fun ceremony(perform: suspend () -> String): String = guard.answer {
        try {
            perform()
        } catch (timeout: TimeoutCancellationException) {
            throw timeout
        } catch (_: CancellationException) {
            currentCoroutineContext().ensureActive()
            // The screen that the sheet belonged to is gone.
            throw PlatformException.Cancelled()
        }
    }
}

internal class SafeLogSink(private val logSink: LogSink, private val guard: CallbackGuard) : LogSink {
    override suspend fun log(record: LogRecord) = guard.answer { logSink.log(record) }
}
