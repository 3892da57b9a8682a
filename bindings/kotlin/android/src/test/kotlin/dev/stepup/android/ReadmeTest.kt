package dev.stepup.android

import android.content.Intent
import android.content.pm.PackageManager
import android.net.Uri
import dev.stepup.android.snippets.ExampleApp
import dev.stepup.android.support.AndroidTest
import dev.stepup.android.support.whileMainThreadRuns
import dev.stepup.android.test.MainActivity
import dev.stepup.android.test.R
import java.io.File
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.annotation.Config
import org.xmlpull.v1.XmlPullParser

/** What the README shows is what is compiled and linked here. */
internal class ReadmeTest : AndroidTest() {
    private val module = File(System.getProperty("stepup.root"), "bindings/kotlin/android")
    private val readme = module.resolve("README.md").readText()

    private fun shown(language: String): List<String> =
        Regex("```$language\n(.*?)```", RegexOption.DOT_MATCHES_ALL)
            .findAll(readme).map { it.groupValues[1] }.toList()

    @Test
    fun `the code is compiled here`() {
        val compiled = module.resolve("src/test/kotlin/dev/stepup/android/snippets/Readme.kt").readText()
        val code = shown("kotlin").filterNot { "build.gradle.kts" in it }
        assertEquals(2, code.size)
        code.forEach { assertTrue(it, it in compiled) }
    }

    @Test
    @Config(application = ExampleApp::class)
    fun `the client is made as shown`() {
        val example = app as ExampleApp
        assertNull(whileMainThreadRuns { example.stepUp.auth.session() })
        example.stepUp.close()
    }

    @Test
    fun `the manifest is that of these tests`() {
        val manifest = module.resolve("src/test/AndroidManifest.xml").readText()
        val parts = shown("xml")
        assertEquals(2, parts.size)
        parts.forEach { assertTrue(it, it in manifest) }
    }

    @Test
    fun `a registration link opens the app's own screen`() {
        val link = Intent(Intent.ACTION_VIEW, Uri.parse("https://app.example/registered?token=1"))
        val opened = app.packageManager.resolveActivity(link, PackageManager.MATCH_DEFAULT_ONLY)
        assertEquals(MainActivity::class.java.name, opened?.activityInfo?.name)
    }

    @Test
    fun `the association file is one`() {
        val statement = (Json.parseToJsonElement(shown("json").single()) as JsonArray).single().jsonObject
        val relations = statement.getValue("relation").jsonArray.map { it.jsonPrimitive.content }
        assertEquals(
            listOf("handle_all_urls", "get_login_creds").map { "delegate_permission/common.$it" },
            relations,
        )
        val target = statement.getValue("target").jsonObject
        assertEquals("android_app", target.getValue("namespace").jsonPrimitive.content)
        val print = target.getValue("sha256_cert_fingerprints").jsonArray.single().jsonPrimitive.content
        assertTrue(print, print.matches(Regex("([0-9A-F]{2}:){31}[0-9A-F]{2}")))
    }

    @Test
    fun `the rules of backups exclude the files`() {
        val directory = app.noBackupFilesDir.resolve("dev.stepup")
        for (rules in listOf(R.xml.stepup_backup_rules, R.xml.stepup_data_extraction_rules)) {
            val excluded = excluded(app.resources.getXml(rules))
            assertTrue(excluded.isNotEmpty())
            excluded.forEach { assertEquals(directory, app.dataDir.resolve(it)) }
        }
    }

    private fun excluded(rules: XmlPullParser): List<String> = buildList {
        while (rules.next() != XmlPullParser.END_DOCUMENT) {
            if (rules.eventType != XmlPullParser.START_TAG || rules.name != "exclude") continue
            assertEquals("root", rules.getAttributeValue(null, "domain"))
            add(rules.getAttributeValue(null, "path"))
        }
    }
}
