package dev.stepup.sample.support

import android.app.Application
import android.content.Context
import androidx.annotation.StringRes
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.SemanticsNodeInteraction
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isEnabled
import androidx.compose.ui.test.junit4.v2.createEmptyComposeRule
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextReplacement
import androidx.test.core.app.ApplicationProvider
import dev.stepup.android.support.TestKeystore
import dev.stepup.sample.MainActivity
import dev.stepup.sample.R
import dev.stepup.support.Sandbox
import org.junit.After
import org.junit.Before
import org.junit.Rule
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config

/** Tests of the app as it is seen and touched, with the real library against the real sandbox. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], qualifiers = "w411dp-h891dp-xhdpi")
internal abstract class ScreenTest {
    @get:Rule
    val rule = createEmptyComposeRule()

    protected val sandbox: Sandbox = sharedSandbox
    protected val app: Application = ApplicationProvider.getApplicationContext()
    protected lateinit var activity: ActivityController<MainActivity>

    @Before
    fun startOver() {
        TestKeystore.install()
        sandbox.reset()
        app.getSharedPreferences("settings", Context.MODE_PRIVATE).edit()
            .putString("environmentId", sandbox.environmentId)
            .putString("baseUrl", sandbox.baseUrl)
            .commit()
    }

    @After
    fun end() {
        if (::activity.isInitialized) activity.pause().stop().destroy()
    }

    protected fun launch(policy: String = "{}") {
        sandbox.changePolicy(policy)
        activity = Robolectric.buildActivity(MainActivity::class.java).setup()
    }

    protected fun text(@StringRes text: Int, vararg arguments: Any): String = app.getString(text, *arguments)

    /** Waits until something is there. */
    protected fun see(what: SemanticsMatcher): SemanticsNodeInteraction {
        try {
            rule.waitUntil(PATIENCE_MILLIS) { rule.onAllNodes(what).fetchSemanticsNodes().isNotEmpty() }
        } catch (timeout: Throwable) {
            throw AssertionError("there was no ${what.description}, but: ${texts()}", timeout)
        }
        return rule.onAllNodes(what).onFirst()
    }

    protected fun see(@StringRes id: Int, vararg arguments: Any) = see(hasText(text(id, *arguments)))

    /** Presses a button, once it can be pressed. */
    protected fun press(@StringRes id: Int, vararg arguments: Any) = press(text(id, *arguments))

    protected fun press(text: String) {
        val button = see(hasText(text, substring = true) and hasClickAction() and isEnabled())
        runCatching { button.performScrollTo() }
        button.performClick()
    }

    protected fun type(tag: String, text: String) {
        see(hasTestTag(tag)).performTextReplacement(text)
    }

    /** Everything that can be read. */
    protected fun texts(): String =
        rule.onAllNodes(SemanticsMatcher("anything") { true }).fetchSemanticsNodes().flatMap { node ->
            node.config.filter { it.key.name == "Text" || it.key.name == "ContentDescription" }.map { it.value }
        }.joinToString()

    /** Signs in by a code that is mailed. */
    protected fun signIn(email: String = EMAIL) {
        type("email", email)
        press(R.string.send_email)
        see(hasTestTag("code"))
        type("code", sandbox.code(email))
        press(R.string.verify)
    }

    private companion object {
        const val PATIENCE_MILLIS = 20_000L
        val sharedSandbox by lazy { Sandbox.start() }
    }
}
