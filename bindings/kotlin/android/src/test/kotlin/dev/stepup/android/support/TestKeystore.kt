package dev.stepup.android.support

import android.security.KeyStoreException
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyPermanentlyInvalidatedException
import java.security.InvalidKeyException
import java.security.Key
import java.security.KeyPair
import java.security.Provider
import java.security.Security
import java.security.cert.Certificate
import java.util.concurrent.ConcurrentHashMap

/**
 * The Android Keystore for a JVM, as far as this library uses it. As on a phone there are two providers: one
 * has the keystore and makes keys, the other one works with these keys, and nobody asks for it by its name.
 * What is not used on purpose fails, as do uses that a real keystore refuses.
 */
internal object TestKeystore {
    val entries = ConcurrentHashMap<String, Entry>()

    /** Whether there is a StrongBox, and whether it makes keys. */
    var strongBox: StrongBox = StrongBox.MISSING

    /** Thrown whenever a key that is there is used, as a keystore in trouble does. Others can be made. */
    var trouble: Throwable? = null

    fun install() {
        entries.clear()
        strongBox = StrongBox.MISSING
        trouble = null
        Security.removeProvider(KEYSTORE_PROVIDER)
        Security.removeProvider(CRYPTO_PROVIDER)
        // In front of the others, as on a phone: which provider a key belongs to is found out by asking.
        Security.insertProviderAt(KeystoreProvider(), 1)
        Security.insertProviderAt(CryptoProvider(), 1)
    }

    /** What happens to keys when the screen lock changes. */
    fun invalidateAll() = entries.values.forEach { it.isInvalidated = true }

    /** What is behind the keys is broken: since Android 12 they are found, and fail when they are used. */
    fun breakAll(failure: InvalidKeyException) = entries.values.forEach { it.broken = failure }

    internal const val KEYSTORE_PROVIDER = "AndroidKeyStore"
    internal const val CRYPTO_PROVIDER = "AndroidKeyStoreBCWorkaround"
}

/** What Android 12 and later throw for a key whose blob is broken, as phones have reported it. */
internal fun brokenBlob() = InvalidKeyException(
    "Keystore operation failed",
    KeyStoreException(-33, "Invalid key blob", "In create_operation: Failed to begin operation."),
)

/** What a phone may have. */
internal enum class StrongBox { MISSING, WORKING, UNAVAILABLE, BROKEN }

/** A key and what it was made for. */
internal class Entry(
    val spec: KeyGenParameterSpec,
    val secret: Key,
    val pair: KeyPair?,
    val certificate: Certificate?,
) {
    @Volatile
    var isInvalidated = false

    @Volatile
    var broken: InvalidKeyException? = null

    fun handle(): Key {
        find()
        broken?.let { throw it }
        return secret
    }

    fun find() {
        TestKeystore.trouble?.let { throw it }
        if (isInvalidated) throw KeyPermanentlyInvalidatedException()
    }
}

private class KeystoreProvider : Provider(TestKeystore.KEYSTORE_PROVIDER, "1", "for tests") {
    init {
        put("KeyStore.AndroidKeyStore", TestKeyStoreSpi::class.java.name)
        put("KeyPairGenerator.EC", EcGenerator::class.java.name)
        put("KeyGenerator.AES", AesGenerator::class.java.name)
    }
}

private class CryptoProvider : Provider(TestKeystore.CRYPTO_PROVIDER, "1", "for tests") {
    init {
        put("Signature.SHA256withECDSA", EcdsaSignature::class.java.name)
        put("Signature.SHA256withECDSA SupportedKeyClasses", KeystorePrivateKey::class.java.name)
        put("Cipher.AES/GCM/NoPadding", GcmCipher::class.java.name)
        put("Cipher.AES/GCM/NoPadding SupportedKeyClasses", KeystoreSecretKey::class.java.name)
    }
}
