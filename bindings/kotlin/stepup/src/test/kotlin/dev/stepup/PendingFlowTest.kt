package dev.stepup

import dev.stepup.calls.SOCIAL
import dev.stepup.calls.otherThan
import dev.stepup.calls.signInWithGoogle
import dev.stepup.core.RedirectOutcome
import dev.stepup.core.StepUpFlowState.AwaitingBrowser
import dev.stepup.core.StepUpFlowState.AwaitingCode
import dev.stepup.core.StepUpFlowState.Cancelled
import dev.stepup.core.StepUpFlowState.Choosing
import dev.stepup.core.StepUpFlowState.Granted
import dev.stepup.core.StepUpMethod
import dev.stepup.core.TokenScope
import dev.stepup.support.EMAIL
import dev.stepup.support.OTHER_EMAIL
import dev.stepup.support.SandboxTest
import dev.stepup.support.Screen
import dev.stepup.support.World
import dev.stepup.support.choose
import dev.stepup.support.eventually
import dev.stepup.support.methods
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** The system ends the app while the user is to do something: the next process goes on with the flow. */
internal class PendingFlowTest : SandboxTest() {
    private val export = listOf(TokenScope.WALLET_EXPORT)
    private val byCode = listOf(StepUpMethod.Email, StepUpMethod.Sms)

    /** A flow is begun and waits for a code; then the app is started again. */
    private suspend fun World.dieWhileTyping(): AwaitingCode {
        val awaited = Screen(stepUp.start(export)).use { it.await<AwaitingCode>() }
        eventually("it is written down") { storage.pending != null }
        restart()
        return awaited
    }

    /** A flow is begun and the user is with the provider; then the app is started again: the redirect. */
    private suspend fun World.dieInBrowser(): String {
        val decided = CompletableDeferred<String>()
        browser.after = { redirect ->
            decided.complete(redirect)
            awaitCancellation()
        }
        stepUp.start(export)
        val redirect = decided.await()
        restart()
        browser.after = { it }
        return redirect
    }

    private suspend fun World.found(): StepUpFlow = checkNotNull(stepUp.pendingFlow()) { "there is none" }

    @TestFactory
    fun `a code that is awaited`(): List<DynamicTest> = methods.filter { it.method in byCode }.map { way ->
        dynamicTest("$way") {
            inWorld(way.policy) {
                val proof = way.prepare(this)
                val before = dieWhileTyping()
                val sent = sandbox.arrived("Verifications/create")
                Screen(found()).use { screen ->
                    val awaited = screen.await<AwaitingCode>()
                    assertEquals(before.prompt.maskedDestination, awaited.prompt.maskedDestination)
                    assertEquals(before.prompt.channel, awaited.prompt.channel)
                    assertEquals(before.option.id to way.method, awaited.option.id to awaited.option.method)
                    assertEquals(export, screen.flow.scopes())
                    screen.flow.submit(proof())
                    screen.await<Granted>()
                }
                assertEquals(sent, sandbox.arrived("Verifications/create"), "no other code was sent")
                assertEquals(200, proceed())
                assertEquals(null, stepUp.pendingFlow())
            }
        }
    }

    @Test
    fun `wrong code, another code and another method in the next process`() = inWorld {
        signIn()
        dieWhileTyping()
        Screen(found()).use { screen ->
            val first = screen.await<AwaitingCode>()
            screen.flow.submit(otherThan(sandbox.code(EMAIL)))
            screen.await<AwaitingCode> { it.prompt.error != null }
            screen.flow.resend()
            val resendAt = first.prompt.resendAt
            screen.await<AwaitingCode> { !it.prompt.isResending && it.prompt.resendAt != resendAt }
            screen.flow.back()
            screen.flow.choose(screen.await<Choosing>(), StepUpMethod.Email)
        }
    }

    @Test
    fun `many who come back share the flow`() = inWorld {
        signIn()
        dieWhileTyping()
        val screens = listOf(found(), found(), stepUp.start(export)).map { Screen(it) }
        screens.forEach { it.await<AwaitingCode>() }
        screens.last().flow.submit(sandbox.code(EMAIL))
        assertEquals(1, screens.map { it.await<Granted>() }.toSet().size)
        screens.forEach { it.close() }
    }

    @Test
    fun `a browser that is open ends in the flow`() = inWorld(SOCIAL) {
        signInWithGoogle()
        val redirect = dieInBrowser()
        Screen(found()).use { screen ->
            screen.await<AwaitingBrowser>()
            auth.handleRedirect(redirect)
            assertEquals(export, screen.await<Granted>().elevations.single().scopes)
        }
        assertEquals(200, proceed())
        assertSame(RedirectOutcome.NotOurs, auth.handleRedirect(redirect), "it serves once")
    }

    @Test
    fun `a redirect that comes before anybody asks for the flow`() = inWorld(SOCIAL) {
        signInWithGoogle()
        val redirect = dieInBrowser()
        val ended = auth.handleRedirect(redirect) as RedirectOutcome.Elevated
        assertEquals(export, ended.elevation.scopes)
        assertEquals(null, stepUp.pendingFlow())
        assertEquals(200, proceed())
    }

    @Test
    fun `who comes back from the browser without a redirect goes another way`() = inWorld(SOCIAL) {
        signInWithGoogle()
        dieInBrowser()
        Screen(found()).use { screen ->
            screen.await<AwaitingBrowser>()
            screen.flow.back()
            val social = screen.await<Choosing>().options.single()
            screen.flow.select(social.id)
            screen.await<Granted>()
        }
    }

    @Test
    fun `nothing is left of a flow that was cancelled, or whose session has ended`() = inWorld {
        signIn()
        Screen(stepUp.start(export)).use { screen ->
            screen.await<AwaitingCode>()
            eventually("it is written down") { storage.pending != null }
            screen.flow.cancel()
            screen.await<Cancelled>()
        }
        eventually("it is forgotten") { storage.pending == null }
        restart()
        assertEquals(null, stepUp.pendingFlow())

        dieWhileTyping()
        auth.logout()
        assertEquals(null, stepUp.pendingFlow())
        auth.sendEmailOtp(OTHER_EMAIL)
        auth.signInWithOtp(sandbox.code(OTHER_EMAIL))
        assertEquals(null, stepUp.pendingFlow())
    }

    @Test
    fun `what has become too old is not found`() = inWorld {
        signIn()
        dieWhileTyping()
        sandbox.advance(660)
        // The client learns from this answer what time it is.
        auth.sendEmailOtp(OTHER_EMAIL)
        assertEquals(null, stepUp.pendingFlow())
    }

    @Test
    fun `no address is written down for it`() = inWorld {
        signIn()
        dieWhileTyping()
        val record = storage.pending!!
        assertTrue(TokenScope.WALLET_EXPORT.value in record, record)
        assertFalse(EMAIL in record || EMAIL.substringBefore('@') in record, record)
    }
}
