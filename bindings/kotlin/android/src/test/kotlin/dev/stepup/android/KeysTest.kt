package dev.stepup.android

import android.content.pm.PackageManager
import android.os.UserManager
import android.security.KeyStoreException
import android.security.keystore.UserNotAuthenticatedException
import dev.stepup.android.support.AndroidTest
import dev.stepup.android.support.StrongBox
import dev.stepup.android.support.TestKeystore
import dev.stepup.android.support.brokenBlob
import dev.stepup.android.support.onAndroid
import dev.stepup.core.DevicePublicKey
import dev.stepup.core.PlatformException
import java.io.IOException
import java.security.InvalidKeyException
import java.security.KeyFactory
import java.security.Signature
import java.security.UnrecoverableKeyException
import java.security.spec.X509EncodedKeySpec
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Shadows.shadowOf

internal class KeysTest : AndroidTest() {
    private val keys get() = AndroidKeystoreDeviceKeys(app)
    private val message = "to be signed".toByteArray()

    private fun generate(name: String = "device") = runBlocking { keys.generate(name) }

    private fun sign(name: String = "device") = runBlocking { keys.sign(name, message) }

    private fun isSignedBy(key: DevicePublicKey, signature: ByteArray): Boolean {
        val der = (key as DevicePublicKey.SubjectPublicKeyInfo).der
        val public = KeyFactory.getInstance("EC", "BC").generatePublic(X509EncodedKeySpec(der))
        return Signature.getInstance("SHA256withECDSA", "BC").run {
            initVerify(public)
            update(message)
            verify(signature)
        }
    }

    private fun hasStrongBox(kind: StrongBox) {
        TestKeystore.strongBox = kind
        shadowOf(app.packageManager).setSystemFeature(PackageManager.FEATURE_STRONGBOX_KEYSTORE, true)
    }

    private fun isInStrongBox() = TestKeystore.entries.values.single().spec.isStrongBoxBacked

    @Test
    fun `a key signs, and the next client finds it`() {
        val public = generate()
        assertTrue(isSignedBy(public, sign()))
        assertEquals(spki(public), spki(runBlocking { keys.publicKey("device") }!!))
    }

    @Test
    fun `a key takes the place of the one with its name, and of no other`() {
        val first = generate()
        val other = generate("other")
        val second = generate()
        assertNotEquals(spki(first), spki(second))
        assertTrue(isSignedBy(second, sign()))
        assertTrue(isSignedBy(other, sign("other")))
    }

    @Test
    fun `a key that is not there is told, and can be deleted`() {
        assertNull(runBlocking { keys.publicKey("device") })
        assertThrows(PlatformException.NotFound::class.java) { sign() }
        generate()
        runBlocking { keys.delete("device") }
        runBlocking { keys.delete("device") }
        assertNull(runBlocking { keys.publicKey("device") })
        assertThrows(PlatformException.NotFound::class.java) { sign() }
    }

    @Test
    fun `a name may be long and hold anything`() {
        val name = "https://api.example/ü?".repeat(50)
        assertTrue(isSignedBy(generate(name), sign(name)))
    }

    @Test
    fun `a StrongBox is used where there is one`() {
        hasStrongBox(StrongBox.WORKING)
        generate()
        assertTrue(isInStrongBox())
    }

    @Test
    fun `a phone without StrongBox is not asked for it`() {
        generate()
        assertFalse(isInStrongBox())
    }

    @Test
    fun `a StrongBox that makes no key is done without`() {
        for (kind in listOf(StrongBox.UNAVAILABLE, StrongBox.BROKEN)) {
            hasStrongBox(kind)
            assertTrue(isSignedBy(generate(), sign()))
            assertFalse(isInStrongBox())
        }
    }

    @Test
    fun `Android 8 knows no StrongBox`() {
        hasStrongBox(StrongBox.WORKING)
        onAndroid(26) { generate() }
        assertFalse(isInStrongBox())
    }

    @Test
    fun `an invalidated key is lost, and another one can be made`() {
        generate()
        TestKeystore.invalidateAll()
        assertThrows(PlatformException.KeyInvalidated::class.java) { sign() }
        assertTrue(isSignedBy(generate(), sign()))
    }

    @Test
    fun `whether a failing keystore has lost the key is told by what it throws`() {
        generate()
        val causes = mapOf(
            UnrecoverableKeyException("text") to PlatformException.KeyInvalidated::class.java,
            InvalidKeyException("text", KeyStoreException(KEY_NOT_FOUND, "text")) to
                PlatformException.KeyInvalidated::class.java,
            InvalidKeyException("text", KeyStoreException(VALUE_CORRUPTED, "text")) to
                PlatformException.KeyInvalidated::class.java,
            InvalidKeyException("text", KeyStoreException(VERIFICATION_FAILED, "text")) to
                PlatformException.Internal::class.java,
            InvalidKeyException("Invalid key blob") to PlatformException.Internal::class.java,
            unrecoverable(KeyStoreException(SECURE_HARDWARE_BUSY, "text")) to
                PlatformException.Internal::class.java,
            UserNotAuthenticatedException("text") to PlatformException.Locked::class.java,
            InvalidKeyException("text", IOException("text")) to PlatformException.Internal::class.java,
            IllegalStateException("text") to PlatformException.Internal::class.java,
        )
        for ((cause, expected) in causes) {
            TestKeystore.trouble = cause
            val told = assertThrows(expected) { sign() }
            assertFalse("$cause", told.message.orEmpty().contains("text"))
        }
        TestKeystore.trouble = null
        sign()
    }

    @Test
    fun `a key whose blob is broken is lost on every Android, and another one can be made`() {
        for (level in listOf(28, 31, 35)) {
            generate()
            TestKeystore.breakAll(brokenBlob())
            onAndroid(level) { assertThrows(PlatformException.KeyInvalidated::class.java) { sign() } }
            assertTrue(isSignedBy(generate(), sign()))
        }
    }

    @Test
    fun `the number of a broken blob is enough, whatever the phone calls it`() {
        val cause = KeyStoreException(-33, "text", "text")
        assertEquals(KeyStoreException.ERROR_KEYMINT_FAILURE, cause.numericErrorCode)
        val failure = InvalidKeyException(cause)
        for (level in listOf(31, 35)) {
            onAndroid(level) { assertTrue(keystoreFailure(failure) is PlatformException.KeyInvalidated) }
        }
    }

    @Test
    fun `before Android 13 a key that cannot be read is asked for once more`() {
        val public = generate()
        var pauses = 0
        val mending = AndroidKeystoreDeviceKeys(app) {
            pauses++
            TestKeystore.trouble = null
        }
        TestKeystore.trouble = UnrecoverableKeyException("text")
        onAndroid(32) { assertTrue(isSignedBy(public, runBlocking { mending.sign("device", message) })) }
        assertEquals(1, pauses)
    }

    @Test
    fun `a key that cannot be read twice is lost, and since Android 13 at once`() {
        generate()
        var pauses = 0
        val waiting = AndroidKeystoreDeviceKeys(app) { pauses++ }
        TestKeystore.trouble = UnrecoverableKeyException("text")
        for ((level, expected) in listOf(26 to 1, 32 to 1, 33 to 0)) {
            pauses = 0
            onAndroid(level) {
                assertThrows(PlatformException.KeyInvalidated::class.java) {
                    runBlocking { waiting.sign("device", message) }
                }
            }
            assertEquals("Android's level $level", expected, pauses)
        }
    }

    @Test
    fun `causes in a circle are looked at once`() {
        val outer = IllegalStateException()
        outer.initCause(IllegalStateException(outer))
        assertTrue(keystoreFailure(outer) is PlatformException.Internal)
    }

    @Test
    fun `before the first unlock everything is locked`() {
        generate()
        val users = shadowOf(app.getSystemService(UserManager::class.java))
        users.setUserUnlocked(false)
        assertThrows(PlatformException.Locked::class.java) { generate() }
        assertThrows(PlatformException.Locked::class.java) { sign() }
        assertThrows(PlatformException.Locked::class.java) { runBlocking { keys.publicKey("device") } }
        assertThrows(PlatformException.Locked::class.java) { runBlocking { keys.delete("device") } }
        users.setUserUnlocked(true)
        sign()
    }

    private fun unrecoverable(cause: Throwable) = UnrecoverableKeyException().apply { initCause(cause) }

    private fun spki(key: DevicePublicKey) = (key as DevicePublicKey.SubjectPublicKeyInfo).der.toList()
}

/** Of Keystore2. */
private const val KEY_NOT_FOUND = 7
private const val VALUE_CORRUPTED = 8

/** Of KeyMint. */
private const val VERIFICATION_FAILED = -30
private const val SECURE_HARDWARE_BUSY = -48
