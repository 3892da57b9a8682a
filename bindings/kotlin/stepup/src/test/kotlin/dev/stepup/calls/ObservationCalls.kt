package dev.stepup.calls

import dev.stepup.core.CodeRefusal
import dev.stepup.core.StepUpException
import dev.stepup.core.StepUpState
import dev.stepup.core.TokenScope
import dev.stepup.support.Call
import dev.stepup.support.TestElevationListener
import dev.stepup.support.TestSessionListener
import dev.stepup.support.TestStepUpStateListener
import dev.stepup.support.eventually
import dev.stepup.support.failure
import java.util.Optional
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue

private val EXPORT = TokenScope.WALLET_EXPORT
private val nothing = StepUpState(isLoading = false, error = null, pendingCode = null)

internal val observationCalls = listOf(
    Call(
        "AuthClient.subscribe",
        good = {
            val listener = TestSessionListener()
            auth.subscribe(listener).use {
                eventually("nobody is signed in") { listener.told.size == 1 }
                val session = signIn()
                eventually("the sign-in is told") { listener.told.size == 2 }
                auth.logout()
                eventually("the end is told") { listener.told.size == 3 }
                val nobody = Optional.empty<Any>()
                assertEquals(listOf(nobody, Optional.of(session), nobody), listener.told.toList())
            }
        },
        bad = {
            client.close()
            val listener = TestSessionListener()
            failure<StepUpException.ClientClosed> { auth.subscribe(listener) }
            assertTrue(listener.calls.isEmpty())
        },
    ),
    Call(
        "StepUpAuthClient.subscribeElevations",
        good = {
            signIn()
            val listener = TestElevationListener()
            stepUp.subscribeElevations(listener).use {
                eventually("nothing is held") { listener.told.toList() == listOf(emptyList<Any>()) }
                val elevation = verifyByEmail()
                eventually("it is told") { listener.told.lastOrNull() == listOf(elevation) }
                stepUp.takeElevatedAccessToken(EXPORT)
                eventually("it is spent") { listener.told.size == 3 && listener.told.last().isEmpty() }
            }
        },
        bad = {
            client.close()
            val listener = TestElevationListener()
            failure<StepUpException.ClientClosed> { stepUp.subscribeElevations(listener) }
            assertTrue(listener.calls.isEmpty())
        },
    ),
    Call(
        "StepUpAuthClient.elevations",
        good = {
            signIn()
            val elevation = verifyByEmail()
            assertEquals(listOf(elevation), stepUp.elevations())
        },
        bad = { assertTrue(stepUp.elevations().isEmpty()) },
    ),
    Call(
        "StepUpAuthClient.state",
        good = {
            signIn()
            val sent = stepUp.sendOtp()
            assertEquals(StepUpState(false, null, sent), stepUp.state())
        },
        bad = {
            signIn()
            failure<StepUpException.InvalidCode> { stepUp.verifyTotp("12345", listOf(EXPORT)) }
            val error = stepUp.state().error as StepUpException.InvalidCode
            assertEquals(CodeRefusal.MALFORMED, error.reason)
        },
    ),
    Call(
        "StepUpAuthClient.subscribe",
        good = {
            signIn()
            val listener = TestStepUpStateListener()
            stepUp.subscribe(listener).use {
                eventually("the present state is told") { listener.told.toList() == listOf(nothing) }
                val sent = stepUp.sendOtp()
                eventually("the code is told") { listener.told.last() == StepUpState(false, null, sent) }
            }
        },
        bad = {
            client.close()
            val listener = TestStepUpStateListener()
            failure<StepUpException.ClientClosed> { stepUp.subscribe(listener) }
            assertTrue(listener.calls.isEmpty())
        },
    ),
    Call(
        "StepUpAuthClient.reset",
        good = {
            signIn()
            stepUp.sendOtp()
            stepUp.reset()
            assertEquals(nothing, stepUp.state())
            failure<StepUpException.InvalidArgument> { stepUp.verifyOtp("123456", listOf(EXPORT)) }
        },
        bad = {
            stepUp.reset()
            stepUp.reset()
            assertEquals(nothing, stepUp.state())
        },
    ),
)
