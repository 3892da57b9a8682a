package dev.stepup.shrunk

import com.android.tools.r8.CompilationFailedException
import java.io.File
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import java.util.zip.ZipFile
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.TestInstance
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir

/** What [App] says when everything works. */
private val EVERYTHING = listOf("signed in", "stepped up", "refused", "failed", "cancelled")

/** In the jar that an app is shrunk from, as in the AAR. */
private const val HELPER = "dev/stepup/okhttp/StepUpForOkHttpKt.class"

/** How long the name of a class is at most that R8 has made up. */
private const val RENAMED = "abc.class".length

/** An app that R8 has shrunk works with the rules that come with the library, and needs each of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
internal class ShrunkTest {
    private lateinit var shrinker: Shrinker

    @BeforeAll
    fun pack(@TempDir directory: Path) {
        shrinker = Shrinker(directory)
    }

    @Test
    fun `with the rules of the library's jar everything works`() {
        val shrunk = shrinker.shrink(APP)
        assertEquals(EVERYTHING to 0, run(shrunk))
        val own = namesIn(shrunk.single())
            .filter { it.startsWith("dev/stepup/") }
            .map { it.substringAfterLast('/') }
        val kept = listOf("App.class", "IntegrityCheckingUniffiLib.class", "UniffiLib.class")
        assertEquals(kept, own.filter { it.length > RENAMED || it == kept.first() }.sorted())
    }

    @Test
    fun `with OkHttp the helper for it works too`() {
        val shrunk = shrinker.shrink(OKHTTP_APP, shrinker.okHttp)
        assertEquals(listOf("200") to 0, run(shrunk, OKHTTP_APP))
    }

    /** So those who do not use it need no OkHttp, and no rule about it. */
    @Test
    fun `only who uses the helper is told that OkHttp is missing`() {
        assertThrows<CompilationFailedException> { shrinker.shrink(OKHTTP_APP) }
        assertTrue(HELPER in namesIn(shrinker.whole))
        assertFalse(namesIn(shrinker.shrink(APP).single()).any { "okhttp" in it })
    }

    @TestFactory
    fun `without one of its rules it breaks`(): List<DynamicTest> {
        val control = dynamicTest("with all of them") {
            assertEquals(EVERYTHING to 0, run(shrinker.shrinkWith(shrinker.rules)))
        }
        return listOf(control) + shrinker.rules.map { rule ->
            dynamicTest("without $rule") {
                try {
                    assertNotEquals(EVERYTHING to 0, run(shrinker.shrinkWith(shrinker.rules - rule)))
                } catch (refused: CompilationFailedException) {
                    assertTrue(rule.startsWith("-dontwarn"), "only such a rule is for R8 itself: $refused")
                }
            }
        }
    }

    /** Runs the app in a world of its own: what it has said, and its exit code. One that hangs has broken. */
    private fun run(classPath: List<Path>, app: String = APP): Pair<List<String>, Int> {
        val java = Path.of(System.getProperty("java.home"), "bin", "java").toString()
        val library = "-Djna.library.path=${System.getProperty("jna.library.path")}"
        val jars = classPath.joinToString(File.pathSeparator)
        val started = listOf(java, library, "-cp", jars, app)
        val sandbox = ProcessBuilder(System.getProperty("stepup.sandbox"), "--exit-with-parent").start()
        val told = Files.createTempFile("app", ".txt")
        try {
            val command = ProcessBuilder(started + addresses(sandbox.inputReader().readLine()))
            val process = command.redirectErrorStream(true).redirectOutput(told.toFile()).start()
            if (!process.waitFor(60, TimeUnit.SECONDS)) process.destroyForcibly().waitFor()
            return Files.readAllLines(told) to process.exitValue()
        } finally {
            sandbox.destroy()
            Files.delete(told)
        }
    }

    private fun namesIn(jar: Path): List<String> =
        ZipFile(jar.toFile()).use { opened -> opened.stream().map { it.name }.toList() }

    private fun addresses(ready: String): List<String> =
        listOf("url", "baseUrl", "environmentId").map { name ->
            checkNotNull(Regex("\"$name\":\"([^\"]+)\"").find(ready)) { ready }.groupValues[1]
        }
}
