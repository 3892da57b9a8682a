package dev.stepup.android

import java.security.GeneralSecurityException
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/** A file is not one that was sealed for this name with this key. */
internal class BrokenRecordException : GeneralSecurityException()

/**
 * A record as it is in its file: version, nonce, then ciphertext and tag of AES-256-GCM. Version and name are
 * authenticated with it, so that no file can stand in for another one.
 */
internal object SealedRecord {
    private const val VERSION: Byte = 1
    private const val NONCE_BYTES = 12
    private const val TAG_BYTES = 16
    private const val CIPHER = "AES/GCM/NoPadding"

    fun seal(name: String, content: ByteArray, key: SecretKey): ByteArray {
        // The keystore chooses the nonce and refuses any other.
        val cipher = Cipher.getInstance(CIPHER).apply { init(Cipher.ENCRYPT_MODE, key) }
        check(cipher.iv.size == NONCE_BYTES) { "a nonce of ${cipher.iv.size} bytes" }
        cipher.updateAAD(authenticated(name))
        return byteArrayOf(VERSION) + cipher.iv + cipher.doFinal(content)
    }

    /** Fails with [BrokenRecordException] whatever is wrong with the file. */
    fun open(name: String, file: ByteArray, key: SecretKey): ByteArray {
        if (file.size < 1 + NONCE_BYTES + TAG_BYTES || file[0] != VERSION) throw BrokenRecordException()
        val cipher = Cipher.getInstance(CIPHER)
        cipher.init(
            Cipher.DECRYPT_MODE,
            key,
            GCMParameterSpec(TAG_BYTES * Byte.SIZE_BITS, file, 1, NONCE_BYTES),
        )
        cipher.updateAAD(authenticated(name))
        try {
            return cipher.doFinal(file, 1 + NONCE_BYTES, file.size - 1 - NONCE_BYTES)
        } catch (_: AEADBadTagException) {
            throw BrokenRecordException()
        }
    }

    private fun authenticated(name: String) = byteArrayOf(VERSION) + name.toByteArray()
}
