package dev.stepup.android

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import dev.stepup.android.support.AndroidTest
import java.security.InvalidAlgorithmParameterException
import java.security.InvalidKeyException
import java.security.KeyPairGenerator
import java.security.KeyStore
import java.security.KeyStoreException
import java.security.NoSuchAlgorithmException
import java.security.PrivateKey
import java.security.Signature
import java.security.spec.ECGenParameterSpec
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Test

/** The keystore of these tests refuses what a phone's refuses: else it would prove nothing. */
internal class TestKeystoreTest : AndroidTest() {
    private fun ec(purposes: Int = KeyProperties.PURPOSE_SIGN, digest: String = KeyProperties.DIGEST_SHA256) =
        KeyGenParameterSpec.Builder("key", purposes)
            .setAlgorithmParameterSpec(ECGenParameterSpec("secp256r1"))
            .setDigests(digest)

    private fun generate(spec: KeyGenParameterSpec.Builder): PrivateKey =
        KeyPairGenerator.getInstance("EC", KEYSTORE).run {
            initialize(spec.build())
            generateKeyPair().private
        }

    private fun aes(block: KeyGenParameterSpec.Builder.() -> Unit = {}): SecretKey {
        val purposes = KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT
        val spec = KeyGenParameterSpec.Builder("secret", purposes).setKeySize(256)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .apply(block)
        return KeyGenerator.getInstance("AES", KEYSTORE).run {
            init(spec.build())
            generateKey()
        }
    }

    private inline fun <reified T : Throwable> refused(crossinline work: () -> Any?) {
        assertThrows(T::class.java) { work() }
    }

    @Test
    fun `keys stay where they are`() {
        assertNull(generate(ec()).encoded)
        assertNull(aes().encoded)
        refused<InvalidKeyException> {
            Signature.getInstance("SHA256withECDSA", "BC").initSign(generate(ec()))
        }
    }

    @Test
    fun `a key is for what it was made for`() {
        refused<InvalidAlgorithmParameterException> { generate(ec(KeyProperties.PURPOSE_VERIFY)) }
        refused<InvalidAlgorithmParameterException> {
            generate(ec().setAlgorithmParameterSpec(ECGenParameterSpec("secp384r1")))
        }
        refused<InvalidAlgorithmParameterException> { generate(ec().setUserAuthenticationRequired(true)) }
        val ofOtherDigest = generate(ec(digest = KeyProperties.DIGEST_SHA512))
        refused<InvalidKeyException> { Signature.getInstance("SHA256withECDSA").initSign(ofOtherDigest) }
        val ofOtherMode = aes { setBlockModes(KeyProperties.BLOCK_MODE_CBC) }
        refused<InvalidKeyException> { cipher().init(Cipher.ENCRYPT_MODE, ofOtherMode) }
        refused<InvalidAlgorithmParameterException> { aes { setKeySize(128) } }
    }

    @Test
    fun `nonces are the keystore's own`() {
        val nonce = GCMParameterSpec(128, ByteArray(12))
        refused<InvalidAlgorithmParameterException> { cipher().init(Cipher.ENCRYPT_MODE, aes(), nonce) }
        refused<InvalidAlgorithmParameterException> { aes { setRandomizedEncryptionRequired(false) } }
    }

    @Test
    fun `keys are named, made and found as on a phone`() {
        refused<StrongBoxUnavailableException> { generate(ec().setIsStrongBoxBacked(true)) }
        refused<InvalidAlgorithmParameterException> {
            KeyPairGenerator.getInstance("EC", KEYSTORE).initialize(256)
        }
        refused<NoSuchAlgorithmException> { Signature.getInstance("SHA256withECDSA", KEYSTORE) }
        val keystore = KeyStore.getInstance(KEYSTORE)
        refused<KeyStoreException> { keystore.getCertificate("key") }
        keystore.load(null)
        refused<KeyStoreException> { keystore.size() }
    }

    private fun cipher() = Cipher.getInstance("AES/GCM/NoPadding")
}
