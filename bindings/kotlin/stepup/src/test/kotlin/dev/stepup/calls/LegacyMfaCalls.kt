package dev.stepup.calls

import dev.stepup.core.LegacyMfaFactor
import dev.stepup.core.LegacyTokenKind
import dev.stepup.core.MfaAction
import dev.stepup.core.MfaActionReason
import dev.stepup.core.StepUpException
import dev.stepup.core.TokenScope
import dev.stepup.core.UnavailableReason
import dev.stepup.core.mfaActionScope
import dev.stepup.support.Call
import dev.stepup.support.EMAIL
import dev.stepup.support.World
import dev.stepup.support.failure
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue

private const val UPDATE = "user.update"

/** An environment from before step-up. */
private const val LEGACY = """{
    "apiVersion": "2026_01_01",
    "mfa": {"methods": ["totp", "passkey", "email"]},
    "actions": [{"action": "$UPDATE", "required": true}]
}"""

/** The same, but a user with an address has no factor by that alone. */
private const val LEGACY_WITHOUT_EMAIL = """{
    "apiVersion": "2026_01_01",
    "actions": [{"action": "$UPDATE", "required": true}]
}"""

private suspend fun World.signInWithLegacyToken(kind: LegacyTokenKind) {
    val totp = signInAndEnrollTotp()
    mfa.createLegacyToken(LegacyMfaFactor.Totp(code(totp), totp.deviceId), kind)
}

internal val legacyMfaCalls = listOf(
    Call(
        "MfaClient.isRequiredForAction",
        policy = LEGACY_WITHOUT_EMAIL,
        good = {
            signIn()
            assertSame(MfaActionReason.NotProtected, mfa.isRequiredForAction(MfaAction.WalletSign).reason)
            val optional = mfa.isRequiredForAction(MfaAction.UserUpdate)
            assertEquals(false to MfaActionReason.NoMethod, optional.isRequired to optional.reason)
            signInAndEnrollTotp()
            val required = mfa.isRequiredForAction(MfaAction.UserUpdate)
            assertEquals(true to MfaActionReason.Required, required.isRequired to required.reason)
        },
        bad = {
            val check = mfa.isRequiredForAction(MfaAction.Other("unheard of"))
            assertEquals(true to MfaActionReason.NotSignedIn, check.isRequired to check.reason)
        },
    ),
    Call(
        "mfaActionScope",
        good = { assertEquals(TokenScope.WALLET_EXPORT, mfaActionScope(MfaAction.WalletExport)) },
        bad = { assertEquals(null, mfaActionScope(MfaAction.Other("unheard of"))) },
    ),
    Call(
        "MfaClient.createLegacyToken",
        policy = LEGACY,
        good = {
            signInWithLegacyToken(LegacyTokenKind.REUSABLE)
            client.mfa.passkeys.register()
            stepUp.sendOtp()
            val factors = listOf(
                LegacyMfaFactor.Passkey,
                LegacyMfaFactor.RecoveryCode(mfa.recoveryCodes().first().value),
                LegacyMfaFactor.Email(sandbox.code(EMAIL), null),
            )
            for (factor in factors) {
                val before = mfa.consumeLegacyToken()
                mfa.createLegacyToken(factor, LegacyTokenKind.REUSABLE)
                assertNotEquals(before, mfa.consumeLegacyToken(), "$factor")
            }
        },
        bad = {
            val totp = signInAndEnrollTotp()
            val wrong = LegacyMfaFactor.Totp(otherThan(code(totp)), null)
            failure<StepUpException.InvalidCode> {
                mfa.createLegacyToken(wrong, LegacyTokenKind.SINGLE_USE)
            }
            assertFalse(mfa.hasLegacyToken())
        },
    ),
    Call(
        "MfaClient.hasLegacyToken",
        policy = LEGACY,
        good = {
            signInWithLegacyToken(LegacyTokenKind.REUSABLE)
            assertTrue(mfa.hasLegacyToken())
        },
        bad = {
            signInWithLegacyToken(LegacyTokenKind.REUSABLE)
            auth.logout()
            assertFalse(mfa.hasLegacyToken(), "it ends with the session")
        },
    ),
    Call(
        "MfaClient.consumeLegacyToken",
        policy = LEGACY,
        good = {
            signInWithLegacyToken(LegacyTokenKind.SINGLE_USE)
            assertTrue(mfa.consumeLegacyToken()!!.value.isNotBlank())
            assertEquals(null, mfa.consumeLegacyToken())
        },
        bad = { assertEquals(null, mfa.consumeLegacyToken()) },
    ),
    Call(
        "MfaClient.legacyHeaders",
        policy = LEGACY,
        good = {
            signInWithLegacyToken(LegacyTokenKind.SINGLE_USE)
            val headers = mfa.legacyHeaders()
            assertEquals(200, sandbox.protectedAction(UPDATE, headers))
            assertEquals(403, sandbox.protectedAction(UPDATE, headers), "once")
        },
        bad = {
            signIn()
            val none = failure<StepUpException.MethodUnavailable> { mfa.legacyHeaders() }
            assertSame(UnavailableReason.NOT_ENROLLED, none.reason)
        },
    ),
)
