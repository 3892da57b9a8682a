package dev.stepup

import dev.stepup.calls.otherThan
import dev.stepup.core.CaptchaChallenge
import dev.stepup.core.CodeRefusal
import dev.stepup.core.MfaFactorKind
import dev.stepup.core.PlatformException
import dev.stepup.core.StepUpException
import dev.stepup.core.StepUpFilter
import dev.stepup.core.StepUpFlowState.AwaitingCeremony
import dev.stepup.core.StepUpFlowState.AwaitingCode
import dev.stepup.core.StepUpFlowState.CaptchaNeeded
import dev.stepup.core.StepUpFlowState.Choosing
import dev.stepup.core.StepUpFlowState.Failed
import dev.stepup.core.StepUpFlowState.Granted
import dev.stepup.core.StepUpMethod
import dev.stepup.core.TokenScope
import dev.stepup.core.UnavailableReason
import dev.stepup.support.CAPTCHA
import dev.stepup.support.EMAIL
import dev.stepup.support.SandboxTest
import dev.stepup.support.Screen
import dev.stepup.support.World
import dev.stepup.support.choose
import dev.stepup.support.failure
import dev.stepup.support.methods
import dev.stepup.support.option
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

private const val CODE_LIFE_SECONDS = 660L

/** What a user does on the way, right and wrong, told by the states of the flow. */
internal class FlowTest : SandboxTest() {
    private val export = listOf(TokenScope.WALLET_EXPORT)

    private suspend fun World.onScreen(filter: StepUpFilter? = null, use: suspend Screen.() -> Unit) =
        Screen(stepUp.start(export, filter)).use { it.use() }

    @Test
    fun `a wrong code is typed again`() = inWorld {
        signIn()
        onScreen {
            await<AwaitingCode>()
            flow.submit(otherThan(sandbox.code(EMAIL)))
            val wrong = await<AwaitingCode> { it.prompt.error != null }
            assertSame(CodeRefusal.WRONG, (wrong.prompt.error as StepUpException.InvalidCode).reason)
            flow.submit("12 34")
            val malformed = await<AwaitingCode> { it.prompt.error != null }
            assertSame(CodeRefusal.MALFORMED, (malformed.prompt.error as StepUpException.InvalidCode).reason)
            flow.submit(sandbox.code(EMAIL))
            await<Granted>()
        }
    }

    @Test
    fun `after too many wrong codes it is another method, or the same once more`() = inWorld {
        signIn()
        onScreen {
            await<AwaitingCode>()
            repeat(3) {
                flow.submit(otherThan(sandbox.code(EMAIL)))
                await<AwaitingCode> { it.prompt.error != null }
            }
            flow.submit(otherThan(sandbox.code(EMAIL)))
            val choice = await<Choosing>()
            val marked = choice.option(StepUpMethod.Email).error as StepUpException.InvalidCode
            assertSame(CodeRefusal.TOO_MANY_ATTEMPTS, marked.reason)
            flow.retry()
            await<AwaitingCode>()
            flow.submit(sandbox.code(EMAIL))
            await<Granted>()
        }
    }

    @Test
    fun `an expired code is sent anew`() = inWorld {
        signIn()
        onScreen {
            val first = await<AwaitingCode>()
            sandbox.advance(CODE_LIFE_SECONDS)
            flow.submit(sandbox.code(EMAIL))
            val expired = await<AwaitingCode> { it.prompt.error != null }
            assertSame(CodeRefusal.EXPIRED, (expired.prompt.error as StepUpException.InvalidCode).reason)
            flow.resend()
            val sent = await<AwaitingCode> { it.prompt.error == null && !it.prompt.isResending }
            assertNotEquals(first.prompt.resendAt, sent.prompt.resendAt)
            flow.submit(sandbox.code(EMAIL))
            await<Granted>()
        }
    }

    @Test
    fun `who has codes sent too often is told when to go on`() = inWorld {
        signIn()
        onScreen {
            var prompt = await<AwaitingCode>().prompt
            val first = prompt.resendAt!!
            while (prompt.error == null) {
                flow.resend()
                prompt = await<AwaitingCode> { !it.prompt.isResending }.prompt
            }
            assertTrue(prompt.error is StepUpException.RateLimited)
            assertTrue(prompt.resendAt!! > first.plusSeconds(60), "${prompt.resendAt} after $first")
            flow.submit(sandbox.code(EMAIL))
            await<Granted>()
        }
    }

    @Test
    fun `back from the sheet to another method`() = inWorld {
        val totp = signInAndEnrollTotp()
        client.mfa.passkeys.register()
        val (isShown, isGone) = List(2) { CompletableDeferred<Unit>() }
        passkeys.before = {
            try {
                isShown.complete(Unit)
                awaitCancellation()
            } finally {
                isGone.complete(Unit)
            }
        }
        onScreen {
            flow.choose(await<Choosing>(), StepUpMethod.Passkey)
            await<AwaitingCeremony>()
            isShown.await()
            flow.back()
            isGone.await()
            flow.choose(await<Choosing>(), StepUpMethod.Totp)
            await<AwaitingCode>()
            flow.submit(code(totp))
            await<Granted>()
        }
        assertEquals(200, proceed())
    }

    @TestFactory
    fun `who declines is asked again only if they want to`(): List<DynamicTest> =
        methods.filter { it.callback != null }.map { way ->
            dynamicTest("$way") {
                inWorld(way.policy) {
                    way.prepare(this)
                    val callback = way.callback!!(this)
                    callback.before = { throw PlatformException.Cancelled() }
                    onScreen {
                        val choice = await<Choosing> { it.error != null }
                        assertTrue(choice.error is StepUpException.Cancelled, "${choice.error}")
                        assertEquals(null, choice.option(way.method).unusable)
                        callback.before = {}
                        flow.retry()
                        await<Granted>()
                    }
                }
            }
        }

    @Test
    fun `a passkey that is not on this phone is not offered first any more`() = inWorld {
        val totp = signInAndEnrollTotp()
        client.mfa.passkeys.register()
        passkeys.before = { throw PlatformException.NotFound() }
        onScreen {
            flow.choose(await<Choosing>(), StepUpMethod.Passkey)
            val choice = await<Choosing> { it.error != null }
            assertSame(UnavailableReason.NOT_ON_THIS_DEVICE, choice.option(StepUpMethod.Passkey).unusable)
            val preferred = choice.options.single { it.isPreferred }
            assertSame(StepUpMethod.Totp, preferred.method)
            flow.select(preferred.id)
            await<AwaitingCode>()
            flow.submit(code(totp))
            await<Granted>()
        }
    }

    @Test
    fun `a captcha where the app has no provider`() = inWorld(CAPTCHA) {
        restart(platform(captcha))
        signIn()
        restart()
        client.restore()
        onScreen {
            val needed = await<CaptchaNeeded>()
            assertEquals(CaptchaChallenge("hcaptcha", "a-site"), needed.challenge)
            assertSame(StepUpMethod.Email, needed.option.method)
            flow.submitCaptcha("a-solved-captcha")
            await<AwaitingCode>()
            flow.submit(sandbox.code(EMAIL))
            await<Granted>()
        }
    }

    @Test
    fun `what is not possible is refused and changes nothing`() = inWorld {
        signIn()
        onScreen {
            val state = await<AwaitingCode>()
            val notPossible = listOf(
                "select" to { flow.select(state.option.id) },
                "submit_captcha" to { flow.submitCaptcha("a-solved-captcha") },
                "submit_external_jwt" to { flow.submitExternalJwt("a.jwt.here") },
                "retry" to { flow.retry() },
            )
            for ((event, call) in notPossible) {
                assertEquals(event, failure<StepUpException.InvalidTransition> { call() }.event)
            }
            assertEquals(state, flow.state())
        }
    }

    @Test
    fun `who has no method is told which could be added`() = inWorld {
        signIn()
        onScreen(StepUpFilter.MfaOnly) {
            val choice = await<Choosing>()
            assertTrue(choice.options.isEmpty())
            assertTrue(MfaFactorKind.Totp in choice.enrollmentHints, "${choice.enrollmentHints}")
        }
    }

    @Test
    fun `nobody is asked for what needs no step-up, and nobody who is not there`() = inWorld {
        Screen(stepUp.start(export)).use { screen ->
            assertTrue(screen.await<Failed>().error is StepUpException.NotSignedIn)
        }
        signIn()
        Screen(stepUp.start(listOf(TokenScope.WALLET_SIGN))).use { screen ->
            assertEquals(Granted(listOf(), listOf(TokenScope.WALLET_SIGN)), screen.await<Granted>())
        }
        verifyByEmail()
        Screen(stepUp.start(export)).use { screen ->
            assertEquals(Granted(stepUp.elevations(), listOf()), screen.await<Granted>())
        }
    }
}
