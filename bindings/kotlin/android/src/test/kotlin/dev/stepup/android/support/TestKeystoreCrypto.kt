package dev.stepup.android.support

import android.security.keystore.KeyProperties
import java.nio.ByteBuffer
import java.security.AlgorithmParameters
import java.security.InvalidAlgorithmParameterException
import java.security.InvalidKeyException
import java.security.Key
import java.security.PrivateKey
import java.security.PublicKey
import java.security.SecureRandom
import java.security.Signature
import java.security.SignatureSpi
import java.security.spec.AlgorithmParameterSpec
import javax.crypto.Cipher
import javax.crypto.CipherSpi
import javax.crypto.spec.GCMParameterSpec

private fun allow(isAllowed: Boolean, why: String) {
    if (!isAllowed) throw InvalidKeyException("the key is not made for $why")
}

/** Signs with a key of the test keystore, if that was made for it. */
internal class EcdsaSignature : SignatureSpi() {
    private lateinit var real: Signature

    override fun engineInitSign(privateKey: PrivateKey) {
        val entry = (privateKey as KeystorePrivateKey).entry
        allow(entry.spec.purposes and KeyProperties.PURPOSE_SIGN != 0, "signing")
        allow(KeyProperties.DIGEST_SHA256 in entry.spec.digests, "SHA-256")
        real = Signature.getInstance("SHA256withECDSA", "BC")
        real.initSign(entry.handle() as PrivateKey)
    }

    override fun engineUpdate(b: Byte) = real.update(b)

    override fun engineUpdate(b: ByteArray, off: Int, len: Int) = real.update(b, off, len)

    override fun engineSign(): ByteArray = real.sign()

    override fun engineInitVerify(publicKey: PublicKey) = unused()

    override fun engineVerify(sigBytes: ByteArray): Boolean = unused()

    @Deprecated("by the JDK")
    override fun engineSetParameter(param: String, value: Any) = unused()

    @Deprecated("by the JDK")
    override fun engineGetParameter(param: String): Any = unused()

    private fun unused(): Nothing = throw UnsupportedOperationException()
}

/** Encrypts and decrypts with a key of the test keystore, if that was made for it. */
internal class GcmCipher : CipherSpi() {
    private val real = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE")

    override fun engineInit(opmode: Int, key: Key, random: SecureRandom?) = init(opmode, key, null)

    override fun engineInit(opmode: Int, key: Key, params: AlgorithmParameterSpec?, random: SecureRandom?) =
        init(opmode, key, params as GCMParameterSpec?)

    private fun init(mode: Int, key: Key, parameters: GCMParameterSpec?) {
        val entry = (key as KeystoreSecretKey).entry
        allow(KeyProperties.BLOCK_MODE_GCM in entry.spec.blockModes, "GCM")
        allow(KeyProperties.ENCRYPTION_PADDING_NONE in entry.spec.encryptionPaddings, "no padding")
        if (mode == Cipher.ENCRYPT_MODE) {
            allow(entry.spec.purposes and KeyProperties.PURPOSE_ENCRYPT != 0, "encrypting")
            // A real one throws this as well: two records with one nonce would give the key away.
            if (parameters !=
                null
            ) {
                throw InvalidAlgorithmParameterException("Caller-provided IV not permitted")
            }
            real.init(mode, entry.handle())
        } else {
            allow(entry.spec.purposes and KeyProperties.PURPOSE_DECRYPT != 0, "decrypting")
            real.init(mode, entry.handle(), parameters ?: throw InvalidKeyException("IV required"))
        }
    }

    override fun engineGetIV(): ByteArray = real.iv

    override fun engineUpdateAAD(src: ByteArray, offset: Int, len: Int) = real.updateAAD(src, offset, len)

    override fun engineUpdateAAD(src: ByteBuffer) = real.updateAAD(src)

    override fun engineDoFinal(input: ByteArray?, inputOffset: Int, inputLen: Int): ByteArray =
        if (input == null) real.doFinal() else real.doFinal(input, inputOffset, inputLen)

    override fun engineUpdate(input: ByteArray, inputOffset: Int, inputLen: Int): ByteArray? =
        real.update(input, inputOffset, inputLen)

    override fun engineInit(opmode: Int, key: Key, params: AlgorithmParameters?, random: SecureRandom?) =
        unused()

    override fun engineUpdate(
        input: ByteArray,
        inOffset: Int,
        len: Int,
        output: ByteArray,
        offset: Int,
    ): Int = unused()

    override fun engineDoFinal(
        input: ByteArray,
        inOffset: Int,
        len: Int,
        output: ByteArray,
        offset: Int,
    ): Int = unused()

    override fun engineSetMode(mode: String) = unused()

    override fun engineSetPadding(padding: String) = unused()

    override fun engineGetBlockSize(): Int = unused()

    override fun engineGetOutputSize(inputLen: Int): Int = unused()

    override fun engineGetParameters(): AlgorithmParameters = unused()

    private fun unused(): Nothing = throw UnsupportedOperationException()
}
