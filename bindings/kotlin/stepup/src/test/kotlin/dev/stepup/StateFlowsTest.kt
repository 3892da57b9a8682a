package dev.stepup

import dev.stepup.calls.REGISTRATION
import dev.stepup.calls.onSecondDevice
import dev.stepup.core.DeviceRegistrationStatus
import dev.stepup.core.OnboardingDuty
import dev.stepup.core.StepUpException
import dev.stepup.core.StepUpFlowEnd
import dev.stepup.core.StepUpFlowState
import dev.stepup.core.TokenScope
import dev.stepup.core.uniffiForeignFutureHandleCount
import dev.stepup.support.EMAIL
import dev.stepup.support.SandboxTest
import dev.stepup.support.World
import dev.stepup.support.eventually
import dev.stepup.support.failure
import dev.stepup.support.isFinal
import java.lang.ref.WeakReference
import java.util.concurrent.CopyOnWriteArrayList
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private val EXPORT = TokenScope.WALLET_EXPORT

/** What an app observes by flows: the present value first, the latest always, and no more after the end. */
internal class StateFlowsTest : SandboxTest() {
    @Test
    fun `who looks later finds what is there already`() = inWorld {
        val session = signIn()
        val elevation = verifyByEmail()
        val sent = stepUp.sendOtp()
        assertEquals(listOf(elevation), stepUp.heldElevations.value)
        assertEquals(sent, stepUp.states.value.pendingCode)
        assertEquals(DeviceRegistrationStatus.NotRequired, client.deviceRegistration.statuses.value)
        eventually("the session is there") { auth.sessions.value?.user?.id == session.user.id }
    }

    @Test
    fun `a session that was restored`() = inWorld {
        val session = signIn()
        restart()
        assertEquals(null, auth.sessions.value)
        client.restore()
        assertEquals(session.user, auth.sessions.first { it != null }?.user)
        assertEquals(session.user, client.auth.sessions.value?.user, "it is the same for all who ask")
    }

    @Test
    fun `what is observed goes on when garbage is collected`() = inWorld {
        val (sessions, states) = auth.sessions to stepUp.states
        val garbage = WeakReference(Any())
        eventually("garbage is collected") {
            System.gc()
            garbage.get() == null
        }
        signIn()
        sessions.first { it != null }
        val sent = stepUp.sendOtp()
        states.first { it.pendingCode == sent }
    }

    @Test
    fun `duties come and go`() = inWorld {
        assertEquals(emptyList<OnboardingDuty>(), auth.duties.value)
        signInAndEnrollTotp()
        mfa.recoveryCodes()
        auth.refresh()
        auth.duties.first { it == listOf(OnboardingDuty.ACKNOWLEDGE_RECOVERY_CODES) }
        mfa.acknowledgeRecoveryCodes()
        auth.duties.first { it.isEmpty() }
    }

    @Test
    fun `a registration that is required, and is not any more`() = inWorld(REGISTRATION) {
        onSecondDevice { second ->
            val statuses = second.deviceRegistration.statuses
            assertTrue(statuses.value is DeviceRegistrationStatus.AwaitingLink)
            second.deviceRegistration.complete(sandbox.registrationLink(EMAIL))
            statuses.first { it == DeviceRegistrationStatus.NotRequired }
        }
    }

    @Test
    fun `an elevation that runs out leaves by itself`() = inWorld {
        signIn()
        verifyByEmail()
        stepUp.heldElevations.first { it.size == 1 }
        sandbox.advance(400)
        // The client learns from an answer what time it is.
        auth.refresh()
        stepUp.heldElevations.first { it.isEmpty() }
    }

    @Test
    fun `who is slow does not miss the latest`() = inWorld {
        val (isSlow, released) = List(2) { CompletableDeferred<Unit>() }
        coroutineScope {
            val seen = CopyOnWriteArrayList<String?>()
            val slow = launch(Dispatchers.Default) {
                auth.sessions.collect {
                    seen += it?.user?.id
                    isSlow.complete(Unit)
                    released.await()
                }
            }
            isSlow.await()
            signIn()
            auth.logout()
            val last = signIn().user.id
            eventually("it is shown") { auth.sessions.value?.user?.id == last }
            released.complete(Unit)
            eventually("it is heard") { seen.last() == last }
            slow.cancelAndJoin()
            assertEquals(listOf(null, last), seen.toList())
        }
    }

    @Test
    fun `an error that repeats itself is heard and does not go on for ever`() = inWorld {
        signIn()
        val seen = CopyOnWriteArrayList<Any?>()
        coroutineScope {
            val watching = launch(Dispatchers.Default) { stepUp.states.collect { seen += it.error } }
            repeat(3) { failure<StepUpException.InvalidCode> { stepUp.verifyTotp("12", listOf(EXPORT)) } }
            stepUp.states.first { it.error is StepUpException.InvalidCode }
            stepUp.reset()
            eventually("it is forgotten") { seen.size > 1 && seen.last() == null }
            watching.cancelAndJoin()
        }
        assertTrue(seen.any { it is StepUpException.InvalidCode })
        // The first value, at most three of each call (begun, failed, done), and the last one.
        assertTrue(seen.size <= 11, "$seen")
    }

    @Test
    fun `each wrong code is told, also if it is as wrong as the last`() = inWorld {
        signIn()
        val flow = stepUp.start(listOf(EXPORT))
        var wrong = 0
        val end = flow.states.onEach { state ->
            if (state !is StepUpFlowState.AwaitingCode) return@onEach
            if (state.prompt.error is StepUpException.InvalidCode) wrong++
            flow.submit(if (wrong == 2) sandbox.code(EMAIL) else "12")
        }.first { it.isFinal }
        assertTrue(end is StepUpFlowState.Granted, "$end")
        assertEquals(2, wrong)
    }

    @Test
    fun `a flow is told from the present state to the last one, to each who collects`() = inWorld {
        signIn()
        val flow = stepUp.start(listOf(EXPORT))
        flow.states.first { it is StepUpFlowState.AwaitingCode }
        assertTrue(flow.states.first() is StepUpFlowState.AwaitingCode, "the present state is first")
        coroutineScope {
            val screens = List(2) { async(Dispatchers.Default) { flow.states.toList() } }
            flow.submit(sandbox.code(EMAIL))
            val told = screens.map { it.await() }
            assertTrue(told.all { it.last() is StepUpFlowState.Granted })
            assertTrue(told.all { states -> states.count { it.isFinal } == 1 })
        }
        assertEquals(listOf(flow.state()), flow.states.toList(), "who comes late is told the end")
    }

    @Test
    fun `who stops collecting leaves the flow as it is, and nothing behind`() = inWorld {
        signIn()
        val flow = stepUp.start(listOf(EXPORT))
        flow.states.first { it is StepUpFlowState.AwaitingCode }
        coroutineScope {
            val screen = launch(Dispatchers.Default) { flow.states.collect {} }
            screen.cancelAndJoin()
        }
        flow.submit(sandbox.code(EMAIL))
        flow.states.first { it is StepUpFlowState.Granted }
        eventually("every callback has been let go") { uniffiForeignFutureHandleCount() == 0 }
    }

    @Test
    fun `the end of the client is the end of its flows`() = inWorld {
        signIn()
        val flow = stepUp.start(listOf(EXPORT))
        flow.states.first { it is StepUpFlowState.AwaitingCode }
        coroutineScope {
            val states = async(Dispatchers.Default) { flow.states.toList() }
            client.close()
            val last = states.await().last() as StepUpFlowState.Cancelled
            assertSame(StepUpFlowEnd.CLIENT_CLOSED, last.reason)
        }
    }

    @Test
    fun `after the end of the client the last value stays`() = inWorld {
        signIn()
        val elevation = verifyByEmail()
        val (sessions, elevations) = auth.sessions to stepUp.heldElevations
        val session = sessions.first { it != null }
        client.close()
        restartedElsewhere()
        assertEquals(session, sessions.value)
        assertEquals(listOf(elevation), elevations.value)
    }

    /** Another client signs out, which the closed one must not hear. */
    private suspend fun World.restartedElsewhere() {
        restart()
        auth.logout()
        assertEquals(null, auth.sessions.firstThatIs(null))
        eventually("every callback has been let go") { uniffiForeignFutureHandleCount() == 0 }
    }

    private suspend fun <T> StateFlow<T>.firstThatIs(value: T): T = first { it == value }
}
