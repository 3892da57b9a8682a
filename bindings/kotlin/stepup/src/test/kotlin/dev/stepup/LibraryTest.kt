package dev.stepup

import dev.stepup.core.ClientConfig
import dev.stepup.core.Platform
import dev.stepup.support.TestKeys
import dev.stepup.support.TestStorage
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What the generated code compares itself with the library by, once it is used. */
private const val COMPARISON = "dev.stepup.core.IntegrityCheckingUniffiLib "

/** The native library is compared with the generated code before it is used. */
internal class LibraryTest {
    @Test
    fun `whoever makes a client compares the library with the generated code`() {
        val output = runInItsOwnProcess("dev.stepup.AppThatMakesAClient")
        assertTrue(COMPARISON in output, output)
    }

    /** A second copy of the generated code in this process would take the library's callbacks over. */
    private fun runInItsOwnProcess(program: String): String {
        val java = "${System.getProperty("java.home")}/bin/java"
        val classPath = System.getProperty("java.class.path")
        val library = "-Djna.library.path=${System.getProperty("jna.library.path")}"
        val command = listOf(java, library, "-Xlog:class+load=info", "-cp", classPath, program)
        val process = ProcessBuilder(command).redirectErrorStream(true).start()
        val output = process.inputReader().readText()
        assertEquals(0, process.waitFor(), output)
        return output
    }
}

internal object AppThatMakesAClient {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val config = ClientConfig("2762a57b-faa4-41ce-9f16-abff9300e2c9")
        StepUpClient(config, Platform(TestStorage(), TestKeys())).close()
    }
}
