package dev.stepup.sample.support

import dev.stepup.sample.presenter.Notice
import dev.stepup.sample.presenter.Presenter
import dev.stepup.sample.presenter.Screen
import dev.stepup.sample.presenter.StepUpSheet
import dev.stepup.support.Sandbox
import java.util.concurrent.Executors
import kotlinx.coroutines.ExecutorCoroutineDispatcher
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.mapNotNull
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.After
import org.junit.Rule
import org.junit.rules.TemporaryFolder

internal const val EMAIL = "ada@example.com"
internal const val PHONE = "+12025550167"
internal const val SOCIAL = """{"providers": [{"provider": "google"}, {"provider": "github"}]}"""
internal const val REGISTRATION = """{"deviceRegistration": true}"""

/** Tests of what is behind the screens: the real library against the real sandbox. */
internal abstract class AppTest {
    @get:Rule
    val folder = TemporaryFolder()

    protected val sandbox: Sandbox = sharedSandbox
    private val phones = mutableListOf<Phone>()
    private val main = Executors.newSingleThreadExecutor().asCoroutineDispatcher()

    /** Runs a test on what plays the main thread, with one phone. */
    protected fun onPhone(policy: String = "{}", test: suspend Phone.() -> Unit) {
        sandbox.reset()
        sandbox.changePolicy(policy)
        runBlocking(main) { phone().test() }
    }

    /** One more phone. */
    protected fun phone(name: String = "Pixel 9; Android 16") =
        Phone(sandbox, main, folder.newFolder().toPath(), name).also { phones.add(it) }

    @After
    fun end() {
        phones.forEach { it.close() }
        (main as ExecutorCoroutineDispatcher).close()
    }

    private companion object {
        /** One for all tests; it ends with them. */
        val sharedSandbox by lazy { Sandbox.start() }
    }

    /** Signs in by a code that is mailed. */
    protected suspend fun Phone.signIn(email: String = EMAIL) {
        app.screen.await("the sign-in") { it == Screen.SIGN_IN }
        with(connection.signIn) {
            sendEmail(email)
            ended()
            submit(sandbox.code(email))
            ended()
        }
        app.screen.await("the end of the sign-in") { it != Screen.SIGN_IN }
    }

    /** The user of the sheet types the code that was mailed. */
    protected suspend fun Phone.stepUpByEmail() {
        sheet<StepUpSheet.Code>()
        connection.sheet.submit(sandbox.code(EMAIL))
        connection.sheet.state.await("the end of the step-up") { it == null }
    }
}

/** The next state of the sheet that is of this kind. */
internal suspend inline fun <reified S : StepUpSheet> Phone.sheet(
    crossinline isIt: (S) -> Boolean = { true },
): S = connection.sheet.state.mapNotNull { it as? S }.await(S::class.simpleName!!) { isIt(it) }

/** The next value that satisfies a condition; a test that never sees it fails. */
internal suspend fun <T> Flow<T>.await(what: String, isIt: (T) -> Boolean): T {
    try {
        return withTimeout(PATIENCE_MILLIS) { first(isIt) }
    } catch (timeout: TimeoutCancellationException) {
        val last = (this as? StateFlow<*>)?.value
        throw AssertionError("there was no $what, but: $last", timeout)
    }
}

/** How the action under way ends. */
internal suspend fun Presenter<*>.ended(): Notice? = progress.await("end of the action") { !it.isBusy }.notice

/** Six digits that are not these. */
internal fun otherThan(code: String) = code.map { if (it == '9') '0' else it + 1 }.joinToString("")

private const val PATIENCE_MILLIS = 20_000L
