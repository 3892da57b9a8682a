package dev.stepup.calls

import dev.stepup.StepUpFlow
import dev.stepup.core.OptionId
import dev.stepup.core.StepUpException
import dev.stepup.core.StepUpFilter
import dev.stepup.core.StepUpFlowEnd
import dev.stepup.core.StepUpFlowState
import dev.stepup.core.StepUpMethod
import dev.stepup.core.TokenScope
import dev.stepup.support.CAPTCHA
import dev.stepup.support.Call
import dev.stepup.support.EMAIL
import dev.stepup.support.Screen
import dev.stepup.support.TestStepUpFlowListener
import dev.stepup.support.World
import dev.stepup.support.choose
import dev.stepup.support.eventually
import dev.stepup.support.failure
import kotlinx.serialization.json.put
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue

private val export = listOf(TokenScope.WALLET_EXPORT)
private val byApp = StepUpFlowState.Cancelled(StepUpFlowEnd.BY_APP)

/** The screen of a flow in which a code is awaited. */
private suspend fun World.awaitingCode(use: suspend Screen.() -> Unit) {
    signIn()
    Screen(stepUp.start(export)).use { screen ->
        screen.await<StepUpFlowState.AwaitingCode>()
        screen.use()
    }
}

/** The screen of a flow that has been cancelled. */
private suspend fun World.ended(use: suspend Screen.() -> Unit) = awaitingCode {
    flow.cancel()
    await<StepUpFlowState.Cancelled>()
    use()
    assertEquals(byApp, flow.state())
}

/** A call that is refused in a flow that has ended. */
private fun refusedAtTheEnd(call: StepUpFlow.() -> Unit): suspend World.() -> Unit = {
    ended { failure<StepUpException.InvalidTransition> { flow.call() } }
}

internal val flowCalls = listOf(
    Call(
        "StepUpAuthClient.start",
        good = {
            val user = signIn().user
            val preferred = user.verifiedCredentials.single().id
            val flow = stepUp.start(export, StepUpFilter.All, preferred, autoSelect = false)
            Screen(flow).use { screen ->
                val option = screen.await<StepUpFlowState.Choosing>().options.single()
                assertEquals(preferred to true, option.credentialId to option.isPreferred)
            }
        },
        bad = {
            failure<StepUpException.InvalidArgument> { stepUp.start(listOf()) }
            failure<StepUpException.InvalidArgument> { stepUp.start(listOf(TokenScope("not a scope"))) }
            client.close()
            failure<StepUpException.ClientClosed> { stepUp.start(export) }
        },
    ),
    Call(
        "StepUpAuthClient.pendingFlow",
        good = {
            awaitingCode { eventually("the code is written down") { storage.pending != null } }
            restart()
            Screen(stepUp.pendingFlow()!!).use { screen ->
                screen.await<StepUpFlowState.AwaitingCode>()
                screen.flow.submit(sandbox.code(EMAIL))
                screen.await<StepUpFlowState.Granted>()
            }
        },
        bad = {
            assertEquals(null, stepUp.pendingFlow())
            client.close()
            failure<StepUpException.ClientClosed> { stepUp.pendingFlow() }
        },
    ),
    Call(
        "StepUpFlow.state",
        good = { awaitingCode { assertEquals(states.last(), flow.state()) } },
        bad = {
            // Without a session it ends by itself.
            signIn()
            val flow = stepUp.start(export)
            client.close()
            val end = StepUpFlowState.Cancelled(StepUpFlowEnd.CLIENT_CLOSED)
            eventually("it has ended") { flow.state() == end }
        },
    ),
    Call(
        "StepUpFlow.scopes",
        good = { awaitingCode { assertEquals(export, flow.scopes()) } },
        bad = {
            val repeated = stepUp.start(export + TokenScope.WALLET_SIGN + export)
            assertEquals(export + TokenScope.WALLET_SIGN, repeated.scopes())
        },
    ),
    Call(
        "StepUpFlow.select",
        good = {
            signIn()
            Screen(stepUp.start(export, autoSelect = false)).use { screen ->
                screen.flow.choose(screen.await<StepUpFlowState.Choosing>(), StepUpMethod.Email)
                screen.await<StepUpFlowState.AwaitingCode>()
            }
        },
        bad = {
            signIn()
            Screen(stepUp.start(export, autoSelect = false)).use { screen ->
                screen.await<StepUpFlowState.Choosing>()
                failure<StepUpException.InvalidTransition> { screen.flow.select(OptionId("nobody's")) }
            }
        },
    ),
    Call(
        "StepUpFlow.submit",
        good = {
            awaitingCode {
                flow.submit(sandbox.code(EMAIL))
                assertEquals(await<StepUpFlowState.Granted>().elevations, stepUp.elevations())
            }
        },
        bad = refusedAtTheEnd { submit("123456") },
    ),
    Call(
        "StepUpFlow.submitCaptcha",
        policy = CAPTCHA,
        good = {
            restart(platform(captcha))
            signIn()
            restart()
            client.restore()
            Screen(stepUp.start(export)).use { screen ->
                screen.await<StepUpFlowState.CaptchaNeeded>()
                screen.flow.submitCaptcha("a-solved-captcha")
                screen.await<StepUpFlowState.AwaitingCode>()
            }
        },
        bad = { failure<StepUpException.InvalidTransition> { stepUp.start(export).submitCaptcha("") } },
    ),
    Call(
        "StepUpFlow.submitExternalJwt",
        good = {
            awaitingExternalJwt { assertion ->
                flow.submitExternalJwt(assertion)
                await<StepUpFlowState.Granted>()
            }
        },
        bad = {
            awaitingExternalJwt {
                flow.submitExternalJwt("nonsense")
                val refused = await<StepUpFlowState.AwaitingExternalJwt> { it.error != null }
                assertTrue(refused.error is StepUpException.InvalidArgument, "${refused.error}")
                assertEquals(export, refused.scopes)
            }
        },
    ),
    Call(
        "StepUpFlow.back",
        good = {
            awaitingCode {
                flow.back()
                await<StepUpFlowState.Choosing>()
            }
        },
        bad = refusedAtTheEnd { back() },
    ),
    Call(
        "StepUpFlow.resend",
        good = {
            awaitingCode {
                flow.resend()
                eventually("another code is sent") { sandbox.arrived("emailVerifications/retry") == 1 }
            }
        },
        bad = refusedAtTheEnd { resend() },
    ),
    Call(
        "StepUpFlow.retry",
        good = {
            signIn()
            sandbox.fault("POST", "stepUp/check", """{"status": 503}""")
            Screen(stepUp.start(export)).use { screen ->
                val choice = screen.await<StepUpFlowState.Choosing>()
                assertTrue(choice.error is StepUpException.Server && !choice.isConfirmed, "$choice")
                sandbox.control("DELETE", "faults")
                screen.flow.retry()
                screen.await<StepUpFlowState.AwaitingCode>()
            }
        },
        bad = refusedAtTheEnd { retry() },
    ),
    Call(
        "StepUpFlow.leave",
        good = {
            awaitingCode {
                stepUp.start(export).leave()
                assertTrue(flow.state() is StepUpFlowState.AwaitingCode, "this caller is still there")
                flow.leave()
                assertEquals(byApp, flow.state())
            }
        },
        bad = { ended { flow.leave() } },
    ),
    Call(
        "StepUpFlow.cancel",
        good = { ended { assertEquals(byApp, states.last()) } },
        bad = { ended { flow.cancel() } },
    ),
    Call(
        "StepUpFlow.subscribe",
        good = {
            awaitingCode {
                val listener = TestStepUpFlowListener()
                flow.subscribe(listener).use {
                    eventually("the present state is told") { listener.told.toList() == listOf(flow.state()) }
                    flow.cancel()
                    eventually("the end is told") { listener.told.last() == byApp }
                }
            }
        },
        bad = {
            ended {
                val listener = TestStepUpFlowListener()
                flow.subscribe(listener).use {
                    eventually("who comes late is told the end") { listener.told.toList() == listOf(byApp) }
                }
            }
        },
    ),
)

/** The screen of a flow that waits for the app's backend, and what that would answer. */
private suspend fun World.awaitingExternalJwt(use: suspend Screen.(String) -> Unit) {
    val user = signIn().user
    val assertion = sandbox.assertion {
        put("sub", user.id)
        put("scope", TokenScope.WALLET_EXPORT.value)
    }
    val filter = StepUpFilter.Methods(listOf(StepUpMethod.ExternalJwt))
    Screen(stepUp.start(export, filter)).use { screen ->
        val option = screen.await<StepUpFlowState.AwaitingExternalJwt>().option
        assertSame(StepUpMethod.ExternalJwt, option.method)
        screen.use(assertion)
    }
}
