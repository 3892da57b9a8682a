package dev.stepup.android

import android.content.Context
import android.os.Build
import android.os.UserManager
import android.security.KeyStoreException
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.UserNotAuthenticatedException
import androidx.annotation.RequiresApi
import dev.stepup.core.PlatformException
import java.security.KeyStore
import java.security.UnrecoverableKeyException

internal const val KEYSTORE = "AndroidKeyStore"

internal fun keystore(): KeyStore = KeyStore.getInstance(KEYSTORE).apply { load(null) }

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
        causes.any(::passesByItself) -> PlatformException.Internal(thrown.javaClass.name)
        causes.any { it is UnrecoverableKeyException } -> PlatformException.KeyInvalidated()
        else -> PlatformException.Internal(thrown.javaClass.name)
    }
}

/** Before Android 13 the keystore does not say so, and a key that cannot be read counts as lost. */
private fun passesByItself(cause: Throwable): Boolean =
    Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU && isTransient(cause)

@RequiresApi(Build.VERSION_CODES.TIRAMISU)
private fun isTransient(cause: Throwable) = cause is KeyStoreException && cause.isTransientFailure

/** A chain of causes can be a circle. */
private const val LONGEST_CHAIN = 8
