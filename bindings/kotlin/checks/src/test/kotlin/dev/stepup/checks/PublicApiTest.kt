package dev.stepup.checks

import java.io.File
import java.util.ServiceLoader
import org.jetbrains.kotlin.abi.tools.AbiFilters
import org.jetbrains.kotlin.abi.tools.AbiTools
import org.jetbrains.kotlin.abi.tools.AbiToolsFactory
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Assertions.fail
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.TestFactory

/** What the generator makes public and apps have no use for. */
private val MACHINERY = setOf(
    "dev.stepup.core.FfiConverter**",
    "dev.stepup.core.Uniffi**",
    "dev.stepup.core.RustBuffer**",
    "dev.stepup.core.*Impl**",
)

private const val ACCEPT = "./mvnw test -P accept-api"

/** What apps can call is committed as text, so that a change of it is seen in the review. */
internal class PublicApiTest {
    private val modules = File(System.getProperty("stepup.modules"))
    private val published = System.getProperty("stepup.published").split(',')
    private val tools: AbiTools = ServiceLoader.load(AbiToolsFactory::class.java).single().get()

    @TestFactory
    fun `the public API is the one that was agreed to`(): List<DynamicTest> =
        published.map { module -> dynamicTest(module) { isAsAgreed(module) } }

    private fun isAsAgreed(module: String) {
        val dump = dump(modules.resolve("$module/target/classes"))
        assertTrue(dump.contains("public "), "nothing is public in $module")
        val agreed = modules.resolve("$module/api/$module.api")
        if (System.getProperty("stepup.accept.api").toBoolean()) {
            agreed.parentFile.mkdirs()
            agreed.writeText(dump)
        }
        assertTrue(agreed.exists(), "$agreed is missing: $ACCEPT")
        if (agreed.readText() != dump) fail<Unit>(difference(agreed, dump))
    }

    private fun dump(classes: File): String {
        val files = classes.walk().filter { it.extension == "class" }.sorted().asIterable()
        val filters = AbiFilters(setOf(), MACHINERY, setOf(), setOf())
        return StringBuilder().also { tools.printJvmDump(it, files, filters) }.toString()
    }

    private fun difference(agreed: File, dump: String): String {
        val present = File.createTempFile("present", ".api").apply { writeText(dump) }
        try {
            val lines = tools.filesDiff(agreed, present)
            return "The public API has changed. If that is meant: $ACCEPT, and commit.\n$lines"
        } finally {
            present.delete()
        }
    }
}
