package dev.stepup.calls

import dev.stepup.core.CodeRefusal
import dev.stepup.core.OnboardingDuty
import dev.stepup.core.PhoneNumber
import dev.stepup.core.PlatformException
import dev.stepup.core.SessionTokenKind
import dev.stepup.core.SignInOptions
import dev.stepup.core.SignInOutcome
import dev.stepup.core.StepUpException
import dev.stepup.core.TokenScope
import dev.stepup.core.UnavailableReason
import dev.stepup.support.Call
import dev.stepup.support.EMAIL
import dev.stepup.support.PHONE
import dev.stepup.support.World
import dev.stepup.support.failure
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue

private const val SESSION_MFA = """{"mfa": {"session": true}}"""

private suspend fun World.waitsForSecondFactor() {
    auth.logout()
    assertEquals(listOf(OnboardingDuty.COMPLETE_MFA), signIn().duties)
}

internal val authCalls = listOf(
    Call(
        "AuthClient.sendEmailOtp",
        good = { assertEquals("a•••@example.com", auth.sendEmailOtp(" $EMAIL ").maskedDestination) },
        bad = {
            val wrong = failure<StepUpException.InvalidArgument> { auth.sendEmailOtp("ada at example") }
            assertEquals("email", wrong.argument)
            assertEquals(0, sandbox.arrived(""))
        },
    ),
    Call(
        "AuthClient.sendSmsOtp",
        good = {
            auth.sendSmsOtp(PhoneNumber("+1", "(202) 555-0167"))
            val outcome = auth.signInWithOtp(sandbox.code(PHONE)) as SignInOutcome.Done
            assertEquals("2025550167", outcome.session.user.verifiedCredentials.single().phoneNumber)
        },
        bad = {
            val phone = PhoneNumber("1", "call me")
            val wrong = failure<StepUpException.InvalidArgument> { auth.sendSmsOtp(phone) }
            assertEquals("phone", wrong.argument)
        },
    ),
    Call(
        "AuthClient.resendOtp",
        good = {
            val first = auth.sendEmailOtp(EMAIL)
            auth.resendOtp(first.id)
            assertEquals(1, sandbox.arrived("emailVerifications/retry"))
            auth.signInWithOtp(sandbox.code(EMAIL))
        },
        bad = { failure<StepUpException.InvalidArgument> { auth.resendOtp() } },
    ),
    Call(
        "AuthClient.pendingOtp",
        good = {
            val sent = auth.sendEmailOtp(EMAIL)
            restart()
            assertEquals(sent, auth.pendingOtp())
            auth.signInWithOtp(sandbox.code(EMAIL))
            assertEquals(null, auth.pendingOtp())
        },
        bad = {
            client.close()
            failure<StepUpException.ClientClosed> { auth.pendingOtp() }
        },
    ),
    Call(
        "AuthClient.signInWithOtp",
        good = {
            auth.sendEmailOtp(EMAIL)
            val code = sandbox.code(EMAIL).chunked(3).joinToString(" ")
            val options = SignInOptions(requestedScopes = listOf(TokenScope.WALLET_EXPORT))
            val outcome = auth.signInWithOtp(code, options) as SignInOutcome.Done
            assertEquals(EMAIL, outcome.session.user.email)
            assertEquals(listOf(TokenScope.WALLET_EXPORT), outcome.granted)
        },
        bad = {
            auth.sendEmailOtp(EMAIL)
            val malformed = failure<StepUpException.InvalidCode> { auth.signInWithOtp("12345") }
            assertSame(CodeRefusal.MALFORMED, malformed.reason)
            val other = otherThan(sandbox.code(EMAIL))
            val wrong = failure<StepUpException.InvalidCode> { auth.signInWithOtp(other) }
            assertSame(CodeRefusal.WRONG, wrong.reason)
            assertEquals(null, auth.session())
        },
    ),
    Call(
        "AuthClient.completeMfaTotp",
        policy = SESSION_MFA,
        good = {
            val totp = signInAndEnrollTotp()
            waitsForSecondFactor()
            assertFalse(OnboardingDuty.COMPLETE_MFA in auth.completeMfaTotp(code(totp)).duties)
        },
        bad = {
            val totp = signInAndEnrollTotp()
            waitsForSecondFactor()
            val wrong = otherThan(code(totp))
            failure<StepUpException.InvalidCode> { auth.completeMfaTotp(wrong, totp.deviceId) }
        },
    ),
    Call(
        "AuthClient.completeMfaPasskey",
        policy = SESSION_MFA,
        good = {
            signInToAddFactors()
            client.mfa.passkeys.register()
            waitsForSecondFactor()
            assertFalse(OnboardingDuty.COMPLETE_MFA in auth.completeMfaPasskey().duties)
        },
        bad = {
            signIn()
            val none = failure<StepUpException.MethodUnavailable> { auth.completeMfaPasskey() }
            assertSame(UnavailableReason.NOT_ENROLLED, none.reason)
        },
    ),
    Call(
        "AuthClient.completeMfaRecovery",
        policy = SESSION_MFA,
        good = {
            signInAndEnrollTotp()
            val code = mfa.recoveryCodes().first().value
            mfa.acknowledgeRecoveryCodes()
            waitsForSecondFactor()
            assertFalse(OnboardingDuty.COMPLETE_MFA in auth.completeMfaRecovery(code).duties)
        },
        bad = {
            signInAndEnrollTotp()
            waitsForSecondFactor()
            failure<StepUpException.InvalidCode> { auth.completeMfaRecovery("never-a-code") }
        },
    ),
    Call(
        "AuthClient.completeMfaEmail",
        policy = """{"mfa": {"methods": ["totp", "email"], "session": true}}""",
        good = {
            assertEquals(listOf(OnboardingDuty.COMPLETE_MFA), signIn().duties)
            stepUp.sendOtp()
            assertEquals(listOf<OnboardingDuty>(), auth.completeMfaEmail(sandbox.code(EMAIL)).duties)
        },
        bad = {
            signIn()
            val sent = stepUp.sendOtp()
            val wrong = otherThan(sandbox.code(EMAIL))
            failure<StepUpException.InvalidCode> { auth.completeMfaEmail(wrong, sent.id) }
            assertEquals(listOf(OnboardingDuty.COMPLETE_MFA), auth.session()?.duties)
        },
    ),
    Call(
        "AuthClient.session",
        good = {
            assertEquals(null, auth.session())
            assertEquals(signIn(), auth.session())
        },
        bad = {
            storage.before = { throw PlatformException.Locked() }
            failure<StepUpException.StorageFailed> { auth.session() }
        },
    ),
    Call(
        "AuthClient.sessionToken",
        good = {
            signIn()
            val tokens = SessionTokenKind.entries.map { auth.sessionToken(it) }
            assertTrue(tokens.all { it!!.value.count { char -> char == '.' } == 2 }, "they are JWTs")
            assertNotEquals(tokens[0], tokens[1])
        },
        bad = { failure<StepUpException.NotSignedIn> { auth.sessionToken(SessionTokenKind.FULL) } },
    ),
    Call(
        "AuthClient.refresh",
        good = {
            signIn()
            val before = auth.sessionToken(SessionTokenKind.MINIFIED)
            auth.refresh()
            assertNotEquals(before, auth.sessionToken(SessionTokenKind.MINIFIED))
        },
        bad = { failure<StepUpException.NotSignedIn> { auth.refresh() } },
    ),
    Call(
        "AuthClient.logout",
        good = {
            signIn()
            auth.logout()
            assertEquals(1, sandbox.arrived("revoke"))
            assertTrue(storage.records.isEmpty())
        },
        bad = {
            signIn()
            storage.before = { call -> if (call == "delete") throw PlatformException.Internal("") }
            failure<StepUpException.StorageFailed> { auth.logout() }
            failure<StepUpException.NotSignedIn> { auth.refresh() }
            storage.before = {}
            restart()
            assertEquals(null, auth.session())
            assertTrue(storage.records.isEmpty())
        },
    ),
)

/** Six digits that are not these. */
internal fun otherThan(code: String) = code.map { if (it == '9') '0' else it + 1 }.joinToString("")
