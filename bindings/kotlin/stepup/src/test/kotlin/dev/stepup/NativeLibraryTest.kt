package dev.stepup

import com.sun.jna.Platform
import dev.stepup.core.ClientConfig
import dev.stepup.support.TestKeys
import dev.stepup.support.TestStorage
import java.io.File
import java.nio.file.Files
import java.nio.file.Path
import java.util.zip.Deflater
import java.util.zip.ZipEntry
import java.util.zip.ZipOutputStream
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

private const val OVERRIDE = "uniffi.component.stepup_core.libraryOverride"

/** Where the native library is found; each time by a JVM of its own, which has nothing but its class path. */
internal class NativeLibraryTest {
    private val file = System.mapLibraryName("stepup_core")
    private val library = Path.of(System.getProperty("jna.library.path"), file)

    @Test
    fun `in the file that a property names`() {
        assertEquals("", attempt("-D$OVERRIDE=$library"))
    }

    @Test
    fun `in the folders of a property`() {
        assertEquals("", attempt("-Djna.library.path=${library.parent}"))
    }

    @Test
    fun `in a jar on the class path`(@TempDir directory: Path) {
        val jar = directory.resolve("natives.jar")
        ZipOutputStream(Files.newOutputStream(jar)).use { zip ->
            zip.setLevel(Deflater.BEST_SPEED)
            zip.putNextEntry(ZipEntry("${Platform.RESOURCE_PREFIX}/$file"))
            Files.copy(library, zip)
        }
        assertEquals("", attempt(more = "$jar"))
    }

    @Test
    fun `where it is nowhere, the error says at every call what was tried`() {
        val told = attempt("-Djna.library.path=no-such-folder")
        val places = listOf(
            OVERRIDE,
            "$file in the system property jna.library.path, which is no-such-folder",
            "${Platform.RESOURCE_PREFIX}/$file on the class path",
            "classifier natives-${Platform.RESOURCE_PREFIX}",
        )
        for (tried in places) {
            assertEquals(2, told.split(tried).size - 1, told)
        }
    }

    @Test
    fun `a property that names a wrong file is named, and what would have been right is not tried`() {
        val told = attempt("-D$OVERRIDE=no-such-file", "-Djna.library.path=${library.parent}")
        assertTrue("- no-such-file, which the system property $OVERRIDE names" in told, told)
        assertFalse("jna.library.path" in told, told)
    }

    @Test
    fun `what is no such library is refused with the reason`() {
        val java = Path.of(System.getProperty("java.home"), "lib", System.mapLibraryName("java"))
        val other = attempt("-D$OVERRIDE=$java")
        // Which of the functions is looked up first is up to the JVM.
        assertTrue(Regex("Error looking up function '\\w*stepup_core_\\w+'") in other, other)
    }

    /** The messages of the errors that an app meets which makes two clients. */
    private fun attempt(vararg options: String, more: String = ""): String {
        val java = Path.of(System.getProperty("java.home"), "bin", "java").toString()
        val classPath = System.getProperty("java.class.path") + File.pathSeparator + more
        val command = listOf(java, *options, "-cp", classPath, "dev.stepup.AppThatMakesTwoClients")
        val builder = ProcessBuilder(command).redirectErrorStream(true)
        // Cargo sets it for what it runs, with the folder of its libraries.
        builder.environment().remove("LD_LIBRARY_PATH")
        val process = builder.start()
        val output = process.inputReader().readText()
        assertEquals(0, process.waitFor(), output)
        return output
    }
}

internal object AppThatMakesTwoClients {
    @JvmStatic
    fun main(arguments: Array<String>) {
        repeat(2) {
            try {
                val platform = dev.stepup.core.Platform(TestStorage(), TestKeys())
                StepUpClient(ClientConfig("2762a57b-faa4-41ce-9f16-abff9300e2c9"), platform).close()
            } catch (missing: UnsatisfiedLinkError) {
                println(missing.message)
            }
        }
    }
}
