package dev.stepup.calls

import dev.stepup.core.CheckReason
import dev.stepup.core.CodeRefusal
import dev.stepup.core.CredentialId
import dev.stepup.core.PlatformException
import dev.stepup.core.StepUpException
import dev.stepup.core.TokenScope
import dev.stepup.core.UnavailableReason
import dev.stepup.core.VerificationId
import dev.stepup.support.Call
import dev.stepup.support.EMAIL
import dev.stepup.support.failure
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue

private val EXPORT = TokenScope.WALLET_EXPORT
private val NO_SCOPE = TokenScope("not a scope")
private val export = listOf(EXPORT)

internal val stepUpCalls = listOf(
    Call(
        "StepUpAuthClient.hasElevatedAccessToken",
        good = {
            signIn()
            verifyByEmail()
            assertTrue(stepUp.hasElevatedAccessToken(EXPORT))
        },
        bad = { assertFalse(stepUp.hasElevatedAccessToken(NO_SCOPE)) },
    ),
    Call(
        "StepUpAuthClient.elevation",
        good = {
            signIn()
            assertEquals(verifyByEmail(), stepUp.elevation(EXPORT))
        },
        bad = { assertEquals(null, stepUp.elevation(NO_SCOPE)) },
    ),
    Call(
        "StepUpAuthClient.check",
        good = {
            signIn()
            assertSame(CheckReason.RequiredByServer, stepUp.check(EXPORT).reason)
            verifyByEmail()
            assertSame(CheckReason.TokenHeld, stepUp.check(EXPORT).reason)
        },
        bad = {
            failure<StepUpException.InvalidArgument> { stepUp.check(NO_SCOPE) }
            val check = stepUp.check(EXPORT)
            assertTrue(check.isRequired)
            assertSame(CheckReason.NotSignedIn, check.reason)
        },
    ),
    Call(
        "StepUpAuthClient.isRequired",
        good = {
            signIn()
            assertTrue(stepUp.isRequired(EXPORT))
            assertFalse(stepUp.isRequired(TokenScope.WALLET_SIGN))
        },
        bad = { failure<StepUpException.InvalidArgument> { stepUp.isRequired(TokenScope("")) } },
    ),
    Call(
        "StepUpAuthClient.sendOtp",
        good = {
            signIn()
            val credential = stepUp.check(EXPORT).credentials.single()
            assertEquals("a•••@example.com", stepUp.sendOtp(credential.id).maskedDestination)
        },
        bad = {
            signIn()
            failure<StepUpException.MethodUnavailable> { stepUp.sendOtp(CredentialId("nobody's")) }
        },
    ),
    Call(
        "StepUpAuthClient.resendOtp",
        good = {
            signIn()
            stepUp.sendOtp()
            stepUp.resendOtp()
            assertEquals(1, sandbox.arrived("emailVerifications/retry"))
            stepUp.verifyOtp(sandbox.code(EMAIL), export)
        },
        bad = {
            signIn()
            failure<StepUpException.InvalidArgument> { stepUp.resendOtp(VerificationId("unknown")) }
        },
    ),
    Call(
        "StepUpAuthClient.verifyOtp",
        good = {
            signIn()
            val sent = stepUp.sendOtp()
            assertEquals(export, stepUp.verifyOtp(sandbox.code(EMAIL), export, sent.id).scopes)
        },
        bad = {
            signIn()
            stepUp.sendOtp()
            val wrong = otherThan(sandbox.code(EMAIL))
            val refused = failure<StepUpException.InvalidCode> { stepUp.verifyOtp(wrong, export) }
            assertSame(CodeRefusal.WRONG, refused.reason)
            val code = sandbox.code(EMAIL)
            failure<StepUpException.InvalidArgument> { stepUp.verifyOtp(code, listOf()) }
            failure<StepUpException.InvalidArgument> { stepUp.verifyOtp(code, listOf(NO_SCOPE)) }
        },
    ),
    Call(
        "StepUpAuthClient.verifyTotp",
        good = {
            val totp = signInAndEnrollTotp()
            assertEquals(export, stepUp.verifyTotp(code(totp), export, totp.deviceId).scopes)
        },
        bad = {
            val totp = signInAndEnrollTotp()
            failure<StepUpException.InvalidCode> { stepUp.verifyTotp(otherThan(code(totp)), export) }
            // A code by mail proves the user, but one who has a factor is granted nothing for it.
            val less = failure<StepUpException.NotElevated> { verifyByEmail() }
            assertEquals(export, less.missing)
        },
    ),
    Call(
        "StepUpAuthClient.verifyPasskey",
        good = {
            signInToAddFactors()
            client.mfa.passkeys.register()
            assertEquals(export, stepUp.verifyPasskey(export).scopes)
        },
        bad = {
            signInToAddFactors()
            client.mfa.passkeys.register()
            passkeys.before = { throw PlatformException.Cancelled() }
            failure<StepUpException.Cancelled> { stepUp.verifyPasskey(export) }
        },
    ),
    Call(
        "StepUpAuthClient.preparePasskey",
        good = {
            signInToAddFactors()
            client.mfa.passkeys.register()
            assertTrue("challenge" in stepUp.preparePasskey().optionsJson)
            assertEquals(listOf("create"), passkeys.calls.toList())
        },
        bad = {
            signIn()
            val none = failure<StepUpException.MethodUnavailable> { stepUp.preparePasskey() }
            assertSame(UnavailableReason.NOT_ENROLLED, none.reason)
        },
    ),
    Call(
        "StepUpAuthClient.performPasskey",
        good = {
            signInToAddFactors()
            client.mfa.passkeys.register()
            assertEquals(export, stepUp.performPasskey(stepUp.preparePasskey(), export).scopes)
        },
        bad = {
            signInToAddFactors()
            client.mfa.passkeys.register()
            val nonsense = stepUp.preparePasskey().copy(optionsJson = "{}")
            failure<StepUpException.CallbackFailed> { stepUp.performPasskey(nonsense, export) }
        },
    ),
    Call(
        "StepUpAuthClient.verifyRecoveryCode",
        good = {
            signInAndEnrollTotp()
            val code = mfa.recoveryCodes().last().value
            assertEquals(export, stepUp.verifyRecoveryCode(code, export).scopes)
        },
        bad = {
            signInAndEnrollTotp()
            mfa.recoveryCodes()
            failure<StepUpException.InvalidCode> { stepUp.verifyRecoveryCode("never-a-code", export) }
        },
    ),
    Call(
        "StepUpAuthClient.verifyMfaEmail",
        policy = """{"mfa": {"methods": ["totp", "email"]}}""",
        good = {
            signIn()
            val sent = stepUp.sendOtp()
            assertEquals(export, stepUp.verifyMfaEmail(sandbox.code(EMAIL), export, sent.id).scopes)
        },
        bad = {
            signIn()
            failure<StepUpException.InvalidArgument> { stepUp.verifyMfaEmail("123456", export) }
            stepUp.sendOtp()
            val wrong = otherThan(sandbox.code(EMAIL))
            val refused = failure<StepUpException.InvalidCode> { stepUp.verifyMfaEmail(wrong, export) }
            assertSame(CodeRefusal.WRONG, refused.reason)
        },
    ),
    Call(
        "StepUpAuthClient.takeElevatedAccessToken",
        good = {
            signIn()
            verifyByEmail()
            val token = stepUp.takeElevatedAccessToken(EXPORT)
            assertEquals(2, token?.value?.count { it == '.' })
            assertEquals(null, stepUp.takeElevatedAccessToken(EXPORT))
        },
        bad = { failure<StepUpException.NotSignedIn> { stepUp.takeElevatedAccessToken(EXPORT) } },
    ),
    Call(
        "StepUpAuthClient.authorizationHeaders",
        good = {
            signIn()
            verifyByEmail()
            val names = stepUp.authorizationHeaders(EXPORT).map { it.name.lowercase() }
            assertEquals(listOf("authorization", "x-dyn-elevated-access-token"), names)
            assertEquals("Authorization", stepUp.authorizationHeaders(TokenScope.WALLET_SIGN).single().name)
        },
        bad = {
            signIn()
            failure<StepUpException.StepUpRequired> { stepUp.authorizationHeaders(EXPORT) }
            failure<StepUpException.InvalidArgument> { stepUp.authorizationHeaders(NO_SCOPE) }
        },
    ),
    Call(
        "StepUpAuthClient.ensureNotRefused",
        good = {
            signIn()
            verifyByEmail()
            stepUp.ensureNotRefused(EXPORT, stepUp.authorizationHeaders(EXPORT), 403, "no".toByteArray())
        },
        bad = {
            signIn()
            verifyByEmail(TokenScope.CREDENTIAL_UNLINK)
            val refusal = """{"error":"Elevated access token required"}""".toByteArray()
            val headers = stepUp.authorizationHeaders(TokenScope.CREDENTIAL_UNLINK)
            val refused = failure<StepUpException.StepUpRequired> {
                stepUp.ensureNotRefused(TokenScope.CREDENTIAL_UNLINK, headers, 403, refusal)
            }
            assertTrue(refused.tokenWasAttached)
            assertFalse(stepUp.hasElevatedAccessToken(TokenScope.CREDENTIAL_UNLINK))
        },
    ),
)
