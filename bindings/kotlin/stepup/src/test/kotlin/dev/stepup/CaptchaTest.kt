package dev.stepup

import dev.stepup.core.CaptchaChallenge
import dev.stepup.core.StepUpException
import dev.stepup.core.UnavailableReason
import dev.stepup.core.WalletChain
import dev.stepup.support.EMAIL
import dev.stepup.support.SandboxTest
import dev.stepup.support.failure
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private const val WITH_CAPTCHA = """{"captcha": {"provider": "cloudflareTurnstile", "siteKey": "a-site"}}"""

/** Captchas, where the environment asks for them. */
internal class CaptchaTest : SandboxTest() {
    @Test
    fun `who solves it is let in`() = inWorld(WITH_CAPTCHA) {
        restart(platform(captcha))
        signIn()
        assertEquals(listOf(CaptchaChallenge("cloudflareTurnstile", "a-site")), captcha.challenges.toList())
        wallets.offer("ada", WalletChain.Evm)
        auth.signInWithWallet()
        assertEquals(2, captcha.calls.size, "each proof has one of its own")
    }

    @Test
    fun `an app without captchas is told what it lacks`() = inWorld(WITH_CAPTCHA) {
        val lacking = failure<StepUpException.MethodUnavailable> { auth.sendEmailOtp(EMAIL) }
        assertSame(UnavailableReason.CAPTCHA_REQUIRED, lacking.reason)
    }

    @Test
    fun `where none is asked for nobody sees one`() = inWorld {
        restart(platform(captcha))
        signIn()
        assertTrue(captcha.calls.isEmpty())
    }
}
