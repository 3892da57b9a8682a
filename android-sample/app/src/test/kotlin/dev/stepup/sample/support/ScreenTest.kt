package dev.stepup.sample.support

import android.app.Application
import android.content.Context
import android.os.Bundle
import androidx.annotation.StringRes
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.SemanticsNodeInteraction
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isEnabled
import androidx.compose.ui.test.junit4.v2.createEmptyComposeRule
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextReplacement
import androidx.test.core.app.ApplicationProvider
import dev.stepup.android.StepUp
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
import org.robolectric.util.ReflectionHelpers

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
        // A process has one application; here each test has its own.
        ReflectionHelpers.setField(StepUp, "activities", null)
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
        val button = see(hasText(text) and hasClickAction() and isEnabled())
        runCatching { button.performScrollTo() }
        button.performClick()
    }

    /** Presses what has a picture and no text. */
    protected fun pressIcon(@StringRes id: Int, vararg arguments: Any) {
        see(hasContentDescription(text(id, *arguments)) and isEnabled()).performClick()
    }

    /** Waits until something is no longer there. */
    protected fun gone(what: SemanticsMatcher) =
        rule.waitUntil(PATIENCE_MILLIS) { rule.onAllNodes(what).fetchSemanticsNodes().isEmpty() }

    /** The text of what has this tag. */
    protected fun textOf(tag: String): String = see(hasTestTag(tag)).fetchSemanticsNode().texts().single()

    /** The texts of what is in it. */
    protected fun childTextsOf(tag: String): List<String> =
        see(hasTestTag(tag)).fetchSemanticsNode().children.flatMap { it.texts() }

    /** The latest code, once it has been sent. */
    protected fun waitForCode(to: String): String {
        see(hasTestTag("code"))
        return sandbox.code(to)
    }

    /** The way back of the system. */
    protected fun back() {
        rule.runOnUiThread { activity.get().onBackPressedDispatcher.onBackPressed() }
    }

    /** The screen is turned. */
    protected fun rotate() {
        activity.recreate()
    }

    /**
     * The system ends the app, and the user comes back to it: what it was told to keep is there.
     *
     * @param visit the browser that is open meanwhile.
     */
    protected fun die(visit: BrowserVisit? = null) {
        val kept = Bundle()
        activity.pause().saveInstanceState(kept).stop()
        // What the app does as it closes is undone: a process that is ended does not get to it.
        val files = KeptFiles(app.noBackupFilesDir)
        activity.destroy()
        visit?.forgetProcess()
        files.putBack()
        activity = Robolectric.buildActivity(MainActivity::class.java).setup(kept)
    }

    /** The browser that the app opens. */
    protected fun visitBrowser(): BrowserVisit {
        val visit = BrowserVisit(sandbox)
        try {
            rule.waitUntil(PATIENCE_MILLIS) {
                rule.waitForIdle()
                visit.hasOpened()
            }
        } catch (timeout: Throwable) {
            throw AssertionError("no browser was opened, there is: ${texts()}", timeout)
        }
        return visit
    }

    protected fun type(tag: String, text: String) {
        see(hasTestTag(tag)).performTextReplacement(text)
    }

    /** Everything that can be read. */
    protected fun texts(): String =
        rule.onAllNodes(SemanticsMatcher("anything") { true }).fetchSemanticsNodes().flatMap { node ->
            node.texts() + node.config.getOrElse(SemanticsProperties.ContentDescription) { emptyList() }
        }.joinToString()

    private fun SemanticsNode.texts() =
        config.getOrElse(SemanticsProperties.Text) { emptyList() }.map { it.text }

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
