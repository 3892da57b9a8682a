package dev.stepup.support

import dev.stepup.core.Deadlines
import dev.stepup.core.StepUpException
import java.time.Duration
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.TestInstance

/** Tests that share one sandbox, which is as new for each of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
internal abstract class SandboxTest {
    private val sandbox = Sandbox.start()

    @AfterAll
    fun stop() = sandbox.close()

    /**
     * Runs a test in a world of its own.
     *
     * @param policy what is different from the sandbox's default policy.
     */
    protected fun inWorld(
        policy: String = "{}",
        deadlines: Deadlines? = null,
        test: suspend World.() -> Unit,
    ) {
        sandbox.reset()
        sandbox.changePolicy(policy)
        World(sandbox, deadlines).use { world -> runBlocking { world.test() } }
    }
}

/** Short enough for tests in which a callback hangs, long enough for one that does not. */
internal val SHORT_DEADLINES = Duration.ofMillis(800).let { Deadlines(it, it, it, it, it, it) }

/** The failure of this type that a call ends with. */
internal inline fun <reified E : Throwable> failure(call: () -> Any?): E {
    val answer = try {
        call()
    } catch (thrown: Throwable) {
        if (thrown is StepUpException) assertTellsNothing(thrown)
        return thrown as? E ?: throw AssertionError("failed with something else: $thrown", thrown)
    }
    throw AssertionError("there was no failure, but: $answer")
}

/** No error holds what was typed, sent or received, neither in its own texts nor in the JVM's. */
internal fun assertTellsNothing(error: StepUpException) {
    val text = "$error ${error.message} ${error.localizedMessage} ${error.stackTraceToString()}"
    for (told in listOf(EMAIL, OTHER_EMAIL, PHONE.takeLast(7), "eyJ", "http://", "?")) {
        assertFalse(told in text, text)
    }
}

/** Waits until something holds; a test in which it never does fails. */
internal suspend fun eventually(what: String, holds: suspend () -> Boolean) {
    try {
        withTimeout(10_000) {
            while (!holds()) delay(5)
        }
    } catch (timeout: TimeoutCancellationException) {
        throw AssertionError("never happened: $what", timeout)
    }
}
