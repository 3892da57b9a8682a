package dev.stepup.android

import android.content.Context
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import dev.stepup.core.PlatformException
import dev.stepup.core.SecureStorage
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey

/**
 * Files in the app's own directory that is left out of backups, each encrypted with AES-256-GCM by a key of
 * the Android Keystore.
 *
 * A record is replaced as a whole or not at all. One that was tampered with, that is damaged, or whose key is
 * gone, as after a move to another phone by other means than Android's, is answered as `KeyInvalidated`: the
 * client then takes the user for signed out, and the next sign-in overwrites it. Before the first unlock
 * after a start everything is `Locked`.
 *
 * Blocks its thread. One process at a time.
 *
 * @param context any context of the app.
 */
public class EncryptedSecureStorage internal constructor(context: Context, private val pause: () -> Unit) :
    SecureStorage {
    public constructor(context: Context) : this(context, ::pauseForKeystore)

    private val context = context.applicationContext

    // Asked for when the device is known to be unlocked: before that it cannot be made.
    private val files get() = RecordFiles(context.noBackupFilesDir.resolve("dev.stepup"))

    override suspend fun get(key: String): ByteArray? = guarded {
        files.read(hashed(key))?.let { file ->
            val secret = existingKey() ?: throw PlatformException.KeyInvalidated()
            try {
                SealedRecord.open(key, file, secret)
            } catch (_: BrokenRecordException) {
                throw PlatformException.KeyInvalidated()
            }
        }
    }

    override suspend fun put(key: String, value: ByteArray): Unit = guarded {
        files.write(hashed(key), seal(key, value))
    }

    override suspend fun delete(key: String): Unit = guarded { files.delete(hashed(key)) }

    private fun seal(name: String, content: ByteArray): ByteArray =
        try {
            SealedRecord.seal(name, content, existingKey() ?: newKey())
        } catch (thrown: Exception) {
            if (keystoreFailure(thrown) !is PlatformException.KeyInvalidated) throw thrown
            // What it has sealed cannot be read any more: nothing is lost by another one.
            SealedRecord.seal(name, content, newKey())
        }

    private fun existingKey(): SecretKey? = readKey(ALIAS, pause) as? SecretKey

    /** Takes the place of one that is there. */
    private fun newKey(): SecretKey {
        val purposes = KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT
        val spec = KeyGenParameterSpec.Builder(ALIAS, purposes)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .setKeySize(KEY_BITS)
            .build()
        val generator = KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, KEYSTORE)
        generator.init(spec)
        return generator.generateKey()
    }

    private fun <T> guarded(work: () -> T): T = synchronized(LOCK) { context.unlocked(work) }

    private companion object {
        const val ALIAS = "${ALIAS_PREFIX}storage"
        const val KEY_BITS = 256

        /** All clients of the process have the same directory and the same key. */
        val LOCK = Any()
    }
}
