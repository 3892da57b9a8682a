package dev.stepup.android

import dev.stepup.android.support.AndroidTest
import java.io.File
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

/** What apps get beside the classes. */
internal class PublishedTest : AndroidTest() {
    private val module = File(System.getProperty("stepup.root"), "bindings/kotlin/android")
    private val published = module.resolve("aar.pom.xml").readText()

    private fun classes(): List<File> {
        val one = RedirectActivity::class.java.getResource("RedirectActivity.class")!!
        return File(one.toURI()).parentFile!!.listFiles()!!.filter { it.extension == "class" }
    }

    @Test
    fun `an app gets the libraries that are used here`() {
        val used = classes()
            .flatMap { Regex("androidx/([a-z]+)/").findAll(it.readText(Charsets.ISO_8859_1)) }
            .map { it.groupValues[1] }
            .toSet()
        // Annotations are not there at run time.
        assertEquals(used - "annotation", libraries().map { (group) -> group }.toSet())
    }

    @Test
    fun `an app gets the versions that are tested here`() {
        val tested = module.resolve("libraries/pom.xml").readText().replace(Regex("\\s"), "")
        for ((group, artifact, version) in libraries()) {
            val library = "<artifactId>$artifact</artifactId><version>$version</version>"
            assertTrue(library, "<groupId>androidx.$group</groupId>$library" in tested)
        }
    }

    @Test
    fun `no page is shown in a web view`() {
        assertTrue(classes().size > 10)
        assertTrue(classes().none { "android/webkit" in it.readText(Charsets.ISO_8859_1) })
    }

    private fun libraries(): List<List<String>> {
        val lines = listOf("groupId>androidx.([a-z]+)<", "artifactId>(.*)<", "version>(.*)<")
        val library = Regex(lines.joinToString("/.*\\s*<"))
        return library.findAll(published).map { it.groupValues.drop(1) }.toList()
    }
}
