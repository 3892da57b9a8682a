package dev.stepup

import dev.stepup.core.TokenScope
import dev.stepup.core.uniffiForeignFutureHandleCount
import dev.stepup.support.EMAIL
import dev.stepup.support.SandboxTest
import dev.stepup.support.World
import dev.stepup.support.eventually
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.TestFactory

/** What a user may have come from when they leave the screen. */
private class Task(
    val name: String,
    val prepare: suspend World.() -> Unit = {},
    val stepUp: suspend World.() -> Unit = { verifyByEmail() },
    val perform: suspend World.() -> Any?,
)

private val export = listOf(TokenScope.WALLET_EXPORT)
private const val NOBODY = "nobody"

private suspend fun World.signInWithPasskey() {
    signInToAddFactors()
    mfa.passkeys.register()
}

private val tasks = listOf(
    Task("restore", prepare = {
        signIn()
        restart()
    }) { client.restore() },
    Task("sign in", prepare = { auth.sendEmailOtp(EMAIL) }) { auth.signInWithOtp(sandbox.code(EMAIL)) },
    Task("refresh", prepare = { signIn() }) { auth.refresh() },
    Task("sign out", prepare = { signIn() }) { auth.logout() },
    Task("verify by e-mail", prepare = {
        signIn()
        stepUp.sendOtp()
    }) { stepUp.verifyOtp(sandbox.code(EMAIL), export) },
    Task("verify by passkey", { signInWithPasskey() }, stepUp = { stepUp.verifyPasskey(export) }) {
        stepUp.verifyPasskey(export)
    },
    Task("a guarded operation", { signInWithPasskey() }, stepUp = { stepUp.verifyPasskey(export) }) {
        stepUp.withStepUp(TokenScope.WALLET_EXPORT, present = {}) { proceed() }
    },
)

/** A coroutine may be cancelled at any moment: here it is, at each call of the library to the app. */
internal class CancelSweepTest : SandboxTest() {
    @TestFactory
    fun `whenever it is cancelled, nothing is left and everything still works`(): List<DynamicTest> =
        tasks.flatMap { task ->
            var moments = 0
            inWorld {
                task.prepare(this)
                moments = performCancelledAt(task, Int.MAX_VALUE)
            }
            assertTrue(moments > 0, "${task.name} calls nothing")
            (1..moments).map { moment ->
                dynamicTest("${task.name}, call $moment of $moments") {
                    inWorld { isCancelled(task, moment) }
                }
            }
        }

    private suspend fun World.isCancelled(task: Task, moment: Int) {
        task.prepare(this)
        performCancelledAt(task, moment)
        // Whether it came in time or not: what is held is what is stored, and is there after a new start.
        eventually("what is held is stored") { auth.session().let { it?.user?.id ?: NOBODY } in stored() }
        val held = auth.session()?.user?.id
        eventually("every callback has been let go") { uniffiForeignFutureHandleCount() == 0 }
        restart()
        val found = auth.session()?.user?.id
        // Signing in and out goes on without its caller, and may have ended since.
        if (!task.name.startsWith("sign")) assertEquals(held, found)
        assertTrue((found ?: NOBODY) in stored())
        auth.logout()
        // So that codes may be sent again.
        sandbox.advance(660)
        signIn()
        task.stepUp(this)
        assertEquals(200, proceed())
    }

    /** All that is stored, but for the code that nobody has signed in with yet. */
    private suspend fun World.stored(): String {
        val code = auth.pendingOtp()?.let { storage.pending }
        return storage.texts().filter { it != code }.joinToString().ifEmpty { NOBODY }
    }

    /** Cancels when the library calls the app for the so-and-so-many-th time: how often it has called. */
    private suspend fun World.performCancelledAt(task: Task, moment: Int): Int = coroutineScope {
        val calls = AtomicInteger()
        val job = launch(Dispatchers.Default, CoroutineStart.LAZY) { task.perform(this@performCancelledAt) }
        val callbacks = listOf(storage, keys, passkeys)
        for (callback in callbacks) {
            callback.before = { if (calls.incrementAndGet() == moment) job.cancel() }
        }
        job.join()
        for (callback in callbacks) callback.before = {}
        calls.get()
    }
}
