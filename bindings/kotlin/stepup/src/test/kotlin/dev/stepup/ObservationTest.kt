package dev.stepup

import dev.stepup.core.OnboardingDuty
import dev.stepup.core.Session
import dev.stepup.core.StepUpException
import dev.stepup.core.StepUpFlowState
import dev.stepup.core.StepUpState
import dev.stepup.core.TokenScope
import dev.stepup.support.OTHER_EMAIL
import dev.stepup.support.SandboxTest
import dev.stepup.support.Screen
import dev.stepup.support.TestElevationListener
import dev.stepup.support.TestSessionListener
import dev.stepup.support.TestStepUpStateListener
import dev.stepup.support.World
import dev.stepup.support.eventually
import dev.stepup.support.failure
import java.util.Optional
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private val EXPORT = TokenScope.WALLET_EXPORT

/** What an app keeps on its screens while time goes by. */
internal class ObservationTest : SandboxTest() {
    private val nobody = Optional.empty<Session>()

    private val TestSessionListener.duties get() = told.lastOrNull()?.orElse(null)?.duties
    private val TestStepUpStateListener.error get() = told.lastOrNull()?.error

    /** The client learns from an answer what time it is. */
    private suspend fun World.pass(seconds: Long) {
        sandbox.advance(seconds)
        auth.sendEmailOtp(OTHER_EMAIL)
    }

    @Test
    fun `a session with its duties, until it runs out`() = inWorld {
        val listener = TestSessionListener()
        auth.subscribe(listener).use {
            signInAndEnrollTotp()
            mfa.recoveryCodes()
            auth.refresh()
            val duty = OnboardingDuty.ACKNOWLEDGE_RECOVERY_CODES
            eventually("the duty is told") { listener.duties == listOf(duty) }
            mfa.acknowledgeRecoveryCodes()
            eventually("it is done") { listener.duties == listOf<OnboardingDuty>() }
            pass(3 * 60 * 60)
            eventually("the end is told") { listener.told.lastOrNull() == nobody }
        }
        assertEquals(nobody, listener.told.first())
    }

    @Test
    fun `a renewed session has a later end`() = inWorld {
        val first = signIn()
        val listener = TestSessionListener()
        auth.subscribe(listener).use {
            eventually("the present one is told") { listener.told.toList() == listOf(Optional.of(first)) }
            sandbox.advance(600)
            val renewed = auth.refresh()
            assertTrue(renewed.expiresAt > first.expiresAt)
            eventually("the new one is told") { listener.told.lastOrNull() == Optional.of(renewed) }
        }
    }

    @Test
    fun `elevations run out one after the other`() = inWorld {
        signIn()
        val listener = TestElevationListener()
        stepUp.subscribeElevations(listener).use {
            val first = verifyByEmail()
            eventually("the first is told") { listener.told.lastOrNull() == listOf(first) }
            sandbox.advance(200)
            verifyByEmail(TokenScope.CREDENTIAL_LINK)
            eventually("both are told") { listener.told.lastOrNull()?.size == 2 }
            pass(150)
            eventually("the first has run out") {
                listener.told.lastOrNull()?.map { it.scopes } == listOf(listOf(TokenScope.CREDENTIAL_LINK))
            }
            assertFalse(stepUp.hasElevatedAccessToken(EXPORT))
            pass(500)
            eventually("the second has run out") { listener.told.lastOrNull()?.size == 0 }
        }
    }

    @Test
    fun `elevations end with the session`() = inWorld {
        signIn()
        verifyByEmail()
        val listener = TestElevationListener()
        stepUp.subscribeElevations(listener).use {
            eventually("it is told") { listener.told.lastOrNull()?.size == 1 }
            auth.logout()
            eventually("it has ended") { listener.told.lastOrNull()?.size == 0 }
        }
    }

    @Test
    fun `step-ups are under way as long as a flow is`() = inWorld {
        signIn()
        val listener = TestStepUpStateListener()
        stepUp.subscribe(listener).use {
            Screen(stepUp.start(listOf(EXPORT))).use { screen ->
                screen.await<StepUpFlowState.AwaitingCode>()
                eventually("the code is told") { listener.told.lastOrNull()?.pendingCode != null }
                assertTrue(listener.told.last().isLoading)
                screen.flow.cancel()
                screen.await<StepUpFlowState.Cancelled>()
            }
            eventually("nothing is under way") { listener.told.last().isLoading.not() }
            assertEquals(null, listener.told.last().error)
        }
    }

    @Test
    fun `what went wrong is told until it is reset`() = inWorld {
        val listener = TestStepUpStateListener()
        stepUp.subscribe(listener).use {
            Screen(stepUp.start(listOf(EXPORT))).use { it.await<StepUpFlowState.Failed>() }
            eventually("the failure is told") { listener.error is StepUpException.NotSignedIn }
            signIn()
            stepUp.sendOtp()
            eventually("a success follows it") { listener.told.last().error == null }
            failure<StepUpException.InvalidCode> { stepUp.verifyOtp("12", listOf(EXPORT)) }
            eventually("the refusal is told") { listener.error is StepUpException.InvalidCode }
            assertTrue(listener.told.lastOrNull()?.pendingCode != null)
            stepUp.reset()
            eventually("it is forgotten") { listener.told.lastOrNull() == StepUpState(false, null, null) }
        }
    }
}
