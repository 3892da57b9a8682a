package dev.stepup

import dev.stepup.calls.REGISTRATION
import dev.stepup.calls.devices
import dev.stepup.calls.onSecondDevice
import dev.stepup.core.DeviceRegistrationStatus
import dev.stepup.core.Subscription
import dev.stepup.support.EMAIL
import dev.stepup.support.SHORT_DEADLINES
import dev.stepup.support.SandboxTest
import dev.stepup.support.TestListener
import dev.stepup.support.World
import dev.stepup.support.eventually
import java.lang.ref.WeakReference
import java.util.concurrent.CountDownLatch
import kotlinx.coroutines.awaitCancellation
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** Who is told whether a device must be registered, also when the one told does what it should not. */
internal class DevicesTest : SandboxTest() {
    private val awaiting = DeviceRegistrationStatus.AwaitingLink("a•••@example.com")
    private val registered = DeviceRegistrationStatus.NotRequired

    private val misbehaviours: Map<String, suspend () -> Unit> = mapOf(
        "throws" to { error(EMAIL) },
        "overflows the stack" to { throw StackOverflowError(EMAIL) },
        "hangs" to { awaitCancellation() },
    )

    @TestFactory
    fun `a listener that misbehaves misses that value only`(): List<DynamicTest> =
        misbehaviours.map { (name, misbehave) ->
            dynamicTest(name) {
                inWorld(REGISTRATION, SHORT_DEADLINES) {
                    onSecondDevice { second -> missesFirstValueOnly(second, misbehave) }
                }
            }
        }

    private suspend fun World.missesFirstValueOnly(second: StepUpClient, misbehave: suspend () -> Unit) {
        val (bad, good) = List(2) { TestListener() }
        bad.before = { if (bad.calls.size == 1) misbehave() }
        val subscriptions = listOf(bad, good).map { second.devices.subscribe(it) }
        eventually("the present status is told") { bad.calls.size == 1 && good.told.size == 1 }
        second.devices.complete(sandbox.registrationLink(EMAIL))
        eventually("the change is told") { bad.told.size == 1 && good.told.size == 2 }
        assertEquals(listOf(registered), bad.told.toList())
        assertEquals(listOf(awaiting, registered), good.told.toList())
        subscriptions.forEach { it.close() }
    }

    @Test
    fun `who blocks a thread is not waited for`() = inWorld(REGISTRATION, SHORT_DEADLINES) {
        onSecondDevice { second ->
            val released = CountDownLatch(1)
            val listener = TestListener()
            listener.before = { released.await() }
            second.devices.subscribe(listener).use {
                eventually("it is told") { listener.calls.size == 1 }
                second.devices.complete(sandbox.registrationLink(EMAIL))
                listener.before = {}
                eventually("it is told the change") { registered in listener.told }
            }
            released.countDown()
        }
    }

    @Test
    fun `shutdown lets go of a listener`() = inWorld {
        val (subscription, listener) = subscribed()
        client.close()
        eventually("the listener is garbage") {
            System.gc()
            listener.get() == null
        }
        subscription.close()
    }

    private suspend fun World.subscribed(): Pair<Subscription, WeakReference<TestListener>> {
        val listener = TestListener()
        val subscription = client.devices.subscribe(listener)
        eventually("the present status is told") { listener.told.size == 1 }
        return subscription to WeakReference(listener)
    }
}
