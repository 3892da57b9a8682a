package dev.stepup.support

import dev.stepup.core.TotpEnrollment
import java.nio.ByteBuffer
import java.time.Instant
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec

/** An authenticator app (RFC 6238: SHA-1, six digits, thirty seconds). */
internal class Totp(enrollment: TotpEnrollment) {
    val deviceId = enrollment.deviceId
    private val key = SecretKeySpec(base32(enrollment.secret.value), "HmacSHA1")

    fun code(at: Instant): String {
        val mac = Mac.getInstance("HmacSHA1").apply { init(key) }
        val hash = mac.doFinal(ByteBuffer.allocate(Long.SIZE_BYTES).putLong(at.epochSecond / 30).array())
        val offset = hash.last().toInt() and 0xf
        val number = ByteBuffer.wrap(hash).getInt(offset) and Int.MAX_VALUE
        return (number % 1_000_000).toString().padStart(6, '0')
    }
}

private fun base32(text: String): ByteArray {
    val bits = text.trimEnd('=').map { "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(it) }
    val whole = bits.joinToString("") { it.toString(2).padStart(5, '0') }
    return whole.chunked(8).filter { it.length == 8 }.map { it.toInt(2).toByte() }.toByteArray()
}
