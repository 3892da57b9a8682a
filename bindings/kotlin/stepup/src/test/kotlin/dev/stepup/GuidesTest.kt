package dev.stepup

import java.io.File
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** All Kotlin that a guide shows is compiled by a suite. */
internal class GuidesTest {
    private val block = Regex("```kotlin\n(.*?)```", RegexOption.DOT_MATCHES_ALL)
    private val root = File(System.getProperty("stepup.root")).canonicalFile

    @Test
    fun `every guide shows code that is compiled`() {
        val compiled = files("kt").filter(::isForGuides).map { it.readText() }
        val shown = files("md").flatMap { guide -> blocks(guide.readText()).map { guide to it } }
        assertTrue(shown.isNotEmpty(), "not one guide shows Kotlin")
        for ((guide, block) in shown) assertTrue(compiled.any { block in it }, "$guide:\n$block")
    }

    /** The consumer is an app that is built with the packages, as the README says. */
    private fun isForGuides(file: File) =
        file.parentFile.name == "snippets" || file.startsWith(root.resolve("bindings/kotlin/consumer"))

    /** Those of this repository, not what is built from them. */
    private fun files(extension: String): List<File> =
        root.walk().onEnter { it.name != "target" && !it.name.startsWith(".") }
            .filter { it.extension == extension }.toList()

    private fun blocks(text: String): List<String> =
        block.findAll(text).map { it.groupValues[1] }.toList()
}
