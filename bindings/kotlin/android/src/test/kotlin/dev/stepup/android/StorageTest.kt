package dev.stepup.android

import android.os.UserManager
import dev.stepup.android.support.AndroidTest
import dev.stepup.android.support.TestKeystore
import dev.stepup.android.support.brokenBlob
import dev.stepup.android.support.onAndroid
import dev.stepup.core.PlatformException
import java.io.File
import java.security.UnrecoverableKeyException
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Shadows.shadowOf

internal class StorageTest : AndroidTest() {
    private val storage get() = EncryptedSecureStorage(app)
    private val directory get() = app.noBackupFilesDir.resolve("dev.stepup")
    private val secret = "a session".toByteArray()

    private fun put(key: String, value: ByteArray) = runBlocking { storage.put(key, value) }

    private fun get(key: String): ByteArray? = runBlocking { storage.get(key) }

    private fun onlyFile(): File = directory.listFiles()!!.single()

    @Test
    fun `a record is there for the next client until it is deleted`() {
        put("a", secret)
        assertArrayEquals(secret, get("a"))
        assertNull(get("b"))
        runBlocking { storage.delete("a") }
        assertNull(get("a"))
        runBlocking { storage.delete("a") }
    }

    @Test
    fun `a record is replaced, an empty one is one, and each has its own file`() {
        put("a", secret)
        put("a", byteArrayOf())
        put("b", secret)
        assertArrayEquals(byteArrayOf(), get("a"))
        assertArrayEquals(secret, get("b"))
        assertEquals(2, directory.listFiles()!!.size)
    }

    @Test
    fun `names are hashed, so that any name is one`() {
        val name = "https://api.example/a/../b?c=ü" + "x".repeat(500)
        put(name, secret)
        assertArrayEquals(secret, get(name))
        assertTrue(onlyFile().name.matches(Regex("[0-9a-f]{64}")))
    }

    @Test
    fun `the file is left out of backups and shows neither name nor content`() {
        put("a", secret)
        assertEquals(app.noBackupFilesDir, directory.parentFile)
        val content = onlyFile().readBytes().decodeToString()
        assertFalse(content.contains("session"))
    }

    @Test
    fun `the same content never looks the same`() {
        put("a", secret)
        val first = onlyFile().readBytes()
        put("a", secret)
        assertFalse(first.contentEquals(onlyFile().readBytes()))
    }

    @Test
    fun `every damage is told, and the next sign-in overwrites it`() {
        put("a", secret)
        val file = onlyFile()
        val good = file.readBytes()
        val damages =
            listOf(byteArrayOf(), good.copyOf(1), good.copyOf(20), good.copyOf(good.size - 1), good + 0) +
                good.indices.map { index -> good.clone().also { it[index] = (it[index] + 1).toByte() } }
        for (damage in damages) {
            file.writeBytes(damage)
            assertThrows(PlatformException.KeyInvalidated::class.java) { get("a") }
        }
        put("a", secret)
        assertArrayEquals(secret, get("a"))
    }

    @Test
    fun `a file in the place of another one is told`() {
        put("a", secret)
        val file = onlyFile()
        put("b", "another".toByteArray())
        file.copyTo(directory.listFiles()!!.single { it != file }, overwrite = true)
        assertThrows(PlatformException.KeyInvalidated::class.java) { get("b") }
    }

    @Test
    fun `files without their key are told, and another key is made for the next sign-in`() {
        put("a", secret)
        TestKeystore.entries.clear()
        assertThrows(PlatformException.KeyInvalidated::class.java) { get("a") }
        put("a", secret)
        assertArrayEquals(secret, get("a"))
    }

    @Test
    fun `an invalidated key is told, and replaced at the next sign-in`() {
        put("a", secret)
        TestKeystore.invalidateAll()
        assertThrows(PlatformException.KeyInvalidated::class.java) { get("a") }
        put("a", secret)
        assertArrayEquals(secret, get("a"))
    }

    @Test
    fun `a key whose blob is broken is told, and replaced at the next sign-in`() {
        put("a", secret)
        for (level in listOf(31, 35)) {
            TestKeystore.breakAll(brokenBlob())
            onAndroid(level) {
                assertThrows(PlatformException.KeyInvalidated::class.java) { get("a") }
                put("a", secret)
            }
            assertArrayEquals(secret, get("a"))
        }
    }

    @Test
    fun `before Android 13 a keystore that fails once costs no record`() {
        put("a", secret)
        put("b", secret)
        val mending = EncryptedSecureStorage(app) { TestKeystore.trouble = null }
        onAndroid(32) {
            TestKeystore.trouble = UnrecoverableKeyException()
            assertArrayEquals(secret, runBlocking { mending.get("a") })
            TestKeystore.trouble = UnrecoverableKeyException()
            runBlocking { mending.put("a", byteArrayOf()) }
        }
        assertArrayEquals("with the key that there was", secret, get("b"))
    }

    @Test
    fun `a keystore in trouble costs no record`() {
        put("a", secret)
        TestKeystore.trouble = IllegalStateException("a secret of the keystore")
        val told = assertThrows(PlatformException.Internal::class.java) { get("a") }
        assertEquals("java.lang.IllegalStateException", told.reason)
        assertThrows(PlatformException.Internal::class.java) { put("a", "new".toByteArray()) }
        TestKeystore.trouble = null
        assertArrayEquals(secret, get("a"))
    }

    @Test
    fun `before the first unlock everything is locked, and nothing is touched`() {
        put("a", secret)
        shadowOf(app.getSystemService(UserManager::class.java)).setUserUnlocked(false)
        assertThrows(PlatformException.Locked::class.java) { get("a") }
        assertThrows(PlatformException.Locked::class.java) { put("a", byteArrayOf()) }
        assertThrows(PlatformException.Locked::class.java) { runBlocking { storage.delete("a") } }
        shadowOf(app.getSystemService(UserManager::class.java)).setUserUnlocked(true)
        assertArrayEquals(secret, get("a"))
    }

    @Test
    fun `a disk that takes nothing leaves the old record`() {
        put("a", secret)
        // A directory where the new file would be written.
        val file = onlyFile()
        val inTheWay = directory.resolve("${file.name}.new/x").apply { mkdirs() }
        assertThrows(PlatformException.Internal::class.java) { put("a", byteArrayOf()) }
        inTheWay.parentFile!!.deleteRecursively()
        assertArrayEquals(secret, get("a"))
    }

    @Test
    fun `what a crash has left unfinished is not read and is in nobody's way`() {
        put("a", secret)
        directory.resolve("${onlyFile().name}.new").writeText("torn")
        assertArrayEquals(secret, get("a"))
        put("a", "new".toByteArray())
        assertArrayEquals("new".toByteArray(), get("a"))
        onlyFile()
    }
}
