package dev.stepup

import dev.stepup.core.CheckReason
import dev.stepup.core.CredentialFormat
import dev.stepup.core.MfaFactorKind
import dev.stepup.core.OnboardingDuty
import dev.stepup.core.PasskeyId
import dev.stepup.core.StepUpException
import dev.stepup.core.TokenScope
import dev.stepup.support.EMAIL
import dev.stepup.support.SandboxTest
import dev.stepup.support.failure
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The main job from beginning to end. */
internal class JourneyTest : SandboxTest() {
    private val export = listOf(TokenScope.WALLET_EXPORT)

    @Test
    fun `check, verify, proceed`() = inWorld {
        signIn()
        assertFalse(stepUp.hasElevatedAccessToken(TokenScope.WALLET_EXPORT))
        val check = stepUp.check(TokenScope.WALLET_EXPORT)
        assertTrue(check.isRequired && check.isConfirmed)
        assertEquals(CheckReason.RequiredByServer, check.reason)
        assertEquals(check.credentials.single().id, check.defaultCredentialId)

        val sent = stepUp.sendOtp(check.credentials.single().id)
        assertEquals("a•••@example.com", sent.maskedDestination)
        val elevation = stepUp.verifyOtp(sandbox.code(EMAIL), export, sent.id)
        assertTrue(elevation.singleUse)
        assertEquals(export, elevation.scopes)
        assertEquals(elevation, stepUp.elevation(TokenScope.WALLET_EXPORT))

        assertEquals(200, proceed())
        assertFalse(stepUp.hasElevatedAccessToken(TokenScope.WALLET_EXPORT))
        val spent = failure<StepUpException.StepUpRequired> { proceed() }
        assertEquals(TokenScope.WALLET_EXPORT, spent.scope)
        assertFalse(spent.tokenWasAttached)
    }

    @Test
    fun `factors are linked, used and unlinked`() = inWorld {
        val totp = signInAndEnrollTotp()
        client.mfa.passkeys.register()
        val kinds = factors().map { it.kind }.toSet()
        assertEquals(setOf(MfaFactorKind.Totp, MfaFactorKind.Passkey), kinds)

        val check = stepUp.check(TokenScope.WALLET_EXPORT)
        val formats = check.credentials.map { it.format }.toSet()
        assertEquals(setOf(CredentialFormat.Totp, CredentialFormat.Passkey), formats)
        assertFalse(stepUp.isRequired(TokenScope.WALLET_SIGN))

        stepUp.verifyTotp(code(totp), export)
        assertEquals(200, proceed())
        stepUp.verifyPasskey(export)
        assertEquals(200, proceed())
        stepUp.performPasskey(stepUp.preparePasskey(), export)
        assertEquals(200, proceed())
        val codes = mfa.recoveryCodes()
        assertTrue(OnboardingDuty.ACKNOWLEDGE_RECOVERY_CODES in auth.refresh().duties)
        assertEquals(emptyList<OnboardingDuty>(), mfa.acknowledgeRecoveryCodes().duties)
        stepUp.verifyRecoveryCode(codes.first().value, export)
        assertEquals(200, proceed())
        failure<StepUpException.InvalidCode> { stepUp.verifyRecoveryCode(codes.first().value, export) }

        stepUp.verifyPasskey(listOf(TokenScope.CREDENTIAL_UNLINK))
        val passkey = factors().single { it.kind == MfaFactorKind.Passkey }
        mfa.delete(totp.deviceId)
        client.mfa.passkeys.delete(PasskeyId(passkey.id.value))
        assertTrue(factors().isEmpty())
    }

    @Test
    fun `a session survives a restart and not a logout`() = inWorld {
        val user = signIn().user
        restart()
        assertEquals(user.id, auth.session()?.user?.id)
        assertEquals(true, stepUp.check(TokenScope.WALLET_EXPORT).isConfirmed)

        auth.logout()
        assertEquals(null, auth.session())
        assertTrue(storage.records.isEmpty(), storage.records.keys.toString())
        restart()
        assertEquals(null, auth.session())
    }
}
