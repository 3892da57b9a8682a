package dev.stepup.android

import android.content.Context
import android.os.Build
import android.os.SystemClock
import android.os.UserManager
import android.security.KeyStoreException
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.UserNotAuthenticatedException
import androidx.annotation.RequiresApi
import dev.stepup.core.PlatformException
import java.security.Key
import java.security.KeyStore
import java.security.UnrecoverableKeyException

internal const val KEYSTORE = "AndroidKeyStore"

internal fun keystore(): KeyStore = KeyStore.getInstance(KEYSTORE).apply { load(null) }

/**
 * The key of this alias, if there is one. Before Android 13 the keystore does not say whether a key that
 * cannot be read is lost or only not to be had now: it is asked once more.
 *
 * @param pause waits before that, as long as a busy keystore needs.
 */
internal fun readKey(alias: String, pause: () -> Unit): Key? =
    try {
        keystore().getKey(alias, null)
    } catch (thrown: UnrecoverableKeyException) {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) throw thrown
        pause()
        keystore().getKey(alias, null)
    }

/** Long enough for a keystore that starts anew. */
internal fun pauseForKeystore() = SystemClock.sleep(PAUSE_MILLIS)

/**
 * Runs what needs the keystore or the app's files, so that it fails with a [PlatformException] only.
 *
 * Before the first unlock after a start neither can be read: that is told apart from what is lost.
 */
internal inline fun <T> Context.unlocked(work: () -> T): T {
    if (getSystemService(UserManager::class.java)?.isUserUnlocked == false) throw PlatformException.Locked()
    return try {
        work()
    } catch (thrown: Exception) {
        throw keystoreFailure(thrown)
    }
}

/** What an exception of the keystore means. Its text stays behind. */
internal fun keystoreFailure(thrown: Throwable): PlatformException {
    if (thrown is PlatformException) return thrown
    val causes = generateSequence(thrown) { it.cause }.take(LONGEST_CHAIN).toList()
    return when {
        causes.any { it is KeyPermanentlyInvalidatedException } -> PlatformException.KeyInvalidated()
        causes.any { it is UserNotAuthenticatedException } -> PlatformException.Locked()
        causes.any(::isOfLostKey) -> PlatformException.KeyInvalidated()
        causes.any(::passesByItself) -> PlatformException.Internal(thrown.javaClass.name)
        causes.any { it is UnrecoverableKeyException } -> PlatformException.KeyInvalidated()
        else -> PlatformException.Internal(thrown.javaClass.name)
    }
}

/**
 * A key that cannot be used any more, whatever that is wrapped in. Since Android 12 it is found only when the
 * key is used, as an `InvalidKeyException` like any other; the public code is that of any failure of the
 * hardware, and the text has the one that tells.
 */
private fun isOfLostKey(cause: Throwable): Boolean {
    // By its name: the class is public since Android 13 only.
    if (cause.javaClass.name != KEYSTORE_EXCEPTION) return false
    val isTold = Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU && hasLostKeysCode(cause)
    return isTold || LOST_KEYS_TEXTS.any { it in cause.message.orEmpty() }
}

@RequiresApi(Build.VERSION_CODES.TIRAMISU)
private fun hasLostKeysCode(cause: Throwable) = cause is KeyStoreException && cause.numericErrorCode in
    setOf(KeyStoreException.ERROR_KEY_CORRUPTED, KeyStoreException.ERROR_KEY_DOES_NOT_EXIST)

/** Before Android 13 the keystore does not say so. */
private fun passesByItself(cause: Throwable): Boolean =
    Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU && isTransient(cause)

@RequiresApi(Build.VERSION_CODES.TIRAMISU)
private fun isTransient(cause: Throwable) = cause is KeyStoreException && cause.isTransientFailure

/** A chain of causes can be a circle. */
private const val LONGEST_CHAIN = 8

private const val KEYSTORE_EXCEPTION = "android.security.KeyStoreException"

/** `INVALID_KEY_BLOB` of KeyMint: its name in Android's words, and its number. */
private val LOST_KEYS_TEXTS = listOf("Invalid key blob", "code: -33")

private const val PAUSE_MILLIS = 200L
