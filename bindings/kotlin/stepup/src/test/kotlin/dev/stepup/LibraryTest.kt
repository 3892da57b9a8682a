package dev.stepup

import dev.stepup.core.DeviceKeys
import dev.stepup.core.SecureStorage
import dev.stepup.core.StepUpClient
import java.lang.reflect.Proxy
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What the generated code calls to compare itself with the library that was found. */
private const val COMPARISON = "dev.stepup.core.IntegrityCheckingUniffiLib"

/** The native library is compared with the generated code before it is used. */
internal class LibraryTest {
    @Test
    fun `whoever makes a platform compares the library with the generated code`() {
        val app = OwnClasses()
        app.loadClass(StepUpClient::class.java.name)
        assertFalse(app.hasUsed(COMPARISON))

        val callbacks = listOf(SecureStorage::class, DeviceKeys::class).map { callback ->
            val type = app.loadClass(callback.java.name)
            Proxy.newProxyInstance(app, arrayOf(type)) { _, _, _ -> null }
        }
        val file = app.loadClass("dev.stepup.SafePlatformKt")
        val function = file.methods.single { it.name == "safePlatform\$default" }
        val theRestByDefault = 0b111100
        function.invoke(null, callbacks[0], callbacks[1], null, null, null, null, theRestByDefault, null)
        assertTrue(app.hasUsed(COMPARISON))
    }
}

/** Loads the classes of this project anew, as in an app that has just been started. */
private class OwnClasses : ClassLoader(LibraryTest::class.java.classLoader) {
    fun hasUsed(name: String) = findLoadedClass(name) != null

    override fun loadClass(name: String, resolve: Boolean): Class<*> {
        if (!name.startsWith("dev.stepup.")) return super.loadClass(name, resolve)
        return synchronized(getClassLoadingLock(name)) {
            findLoadedClass(name) ?: getResourceAsStream(name.replace('.', '/') + ".class")!!.use { file ->
                val bytes = file.readBytes()
                defineClass(name, bytes, 0, bytes.size)
            }
        }
    }
}
