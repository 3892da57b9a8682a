package dev.stepup.sample.app

import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties.ContentDescription
import androidx.compose.ui.semantics.SemanticsProperties.Heading
import androidx.compose.ui.semantics.SemanticsProperties.Text
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasContentDescription
import dev.stepup.sample.R
import dev.stepup.sample.support.ScreenTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

/** What somebody hears who does not see the screens. */
internal class AccessibilityTest : ScreenTest() {
    private val SemanticsNode.said: String
        get() {
            val texts = config.getOrElse(Text) { emptyList() }.map { it.text }
            return (texts + config.getOrElse(ContentDescription) { emptyList() }).joinToString("").trim()
        }

    private fun checkScreen(name: String) {
        val pressed = rule.onAllNodes(hasClickAction()).fetchSemanticsNodes()
        assertTrue("$name has something to press", pressed.isNotEmpty())
        val mute = pressed.filter { it.said.isEmpty() }.map { it.toString() }
        assertEquals("$name: what says nothing", emptyList<String>(), mute)
        val heading = see(SemanticsMatcher.keyIsDefined(Heading)).fetchSemanticsNode()
        assertTrue("$name has a heading", heading.said.isNotEmpty())
    }

    @Test
    fun `whatever can be pressed has a name, and every screen a heading`() {
        launch()
        see(R.string.send_email)
        checkScreen("sign-in")
        for (icon in listOf(R.string.settings, R.string.log)) {
            pressIcon(icon)
            see(hasContentDescription(text(R.string.back)))
            checkScreen(text(icon))
            back()
        }
        signIn()
        see(R.string.export_key)
        checkScreen("home")
        val screens = mapOf(
            R.string.totp to R.string.enroll_totp,
            R.string.passkeys to R.string.register_passkey,
            R.string.recovery_codes to R.string.show_codes,
            R.string.trusted_devices to R.string.no_devices,
        )
        for ((entry, content) in screens) {
            press(entry)
            see(content)
            checkScreen(text(entry))
            back()
        }
        press(R.string.export_key)
        see(R.string.code_sent, "a•••@example.com")
        checkScreen("the sheet")
    }
}
