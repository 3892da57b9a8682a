package dev.stepup.calls

import dev.stepup.core.CredentialId
import dev.stepup.core.MfaFactorId
import dev.stepup.core.MfaFactorKind
import dev.stepup.core.OnboardingDuty
import dev.stepup.core.PasskeyId
import dev.stepup.core.StepUpException
import dev.stepup.core.TokenScope
import dev.stepup.core.UnavailableReason
import dev.stepup.support.Call
import dev.stepup.support.Totp
import dev.stepup.support.failure
import java.util.UUID
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue

internal val factorCalls = listOf(
    Call(
        "MfaClient.methods",
        good = {
            val totp = signInAndEnrollTotp()
            val (enrolled, other) = mfa.methods().partition { it.isEnrolled }
            assertEquals(listOf(MfaFactorKind.Totp), enrolled.map { it.kind })
            assertEquals(totp.deviceId, enrolled.single().factors.single().id)
            assertEquals(listOf(MfaFactorKind.Passkey), other.map { it.kind })
            assertTrue(other.single().isEnabled)
        },
        bad = { failure<StepUpException.NotSignedIn> { mfa.methods() } },
    ),
    Call(
        "MfaClient.enrollTotp",
        good = {
            signInToAddFactors()
            val enrollment = mfa.enrollTotp()
            val side = enrollment.qrCode.size.toInt()
            assertEquals(side * side, enrollment.qrCode.modules.size)
            assertTrue(enrollment.secret.value in enrollment.uri.value)
        },
        bad = {
            signIn()
            val refused = failure<StepUpException.StepUpRequired> { mfa.enrollTotp() }
            assertEquals(TokenScope.CREDENTIAL_LINK, refused.scope)
        },
    ),
    Call(
        "MfaClient.confirmTotp",
        good = {
            signInToAddFactors()
            mfa.confirmTotp(code(Totp(mfa.enrollTotp())))
            assertEquals(1, factors().size)
        },
        bad = {
            signInToAddFactors()
            val totp = Totp(mfa.enrollTotp())
            failure<StepUpException.InvalidCode> { mfa.confirmTotp("12") }
            failure<StepUpException.InvalidCode> { mfa.confirmTotp(otherThan(code(totp))) }
            assertEquals(0, factors().size)
        },
    ),
    Call(
        "MfaClient.setDefault",
        good = {
            val totp = signInAndEnrollTotp()
            client.mfa.passkeys.register()
            val passkey = factors().single { it.kind == MfaFactorKind.Passkey }
            for (id in listOf(totp.deviceId, passkey.id)) {
                mfa.setDefault(id)
                val default = stepUp.check(TokenScope.WALLET_EXPORT).defaultCredentialId
                assertEquals(CredentialId(id.value), default)
            }
        },
        bad = {
            signInAndEnrollTotp()
            val nobody = MfaFactorId("nobody's")
            val unknown = failure<StepUpException.MethodUnavailable> { mfa.setDefault(nobody) }
            assertSame(UnavailableReason.NOT_ENROLLED, unknown.reason)
            failure<StepUpException.InvalidArgument> { mfa.setDefault(MfaFactorId("")) }
        },
    ),
    Call(
        "MfaClient.delete",
        good = {
            val totp = signInAndEnrollTotp()
            stepUp.verifyTotp(code(totp), listOf(TokenScope.CREDENTIAL_UNLINK))
            mfa.delete(totp.deviceId)
            assertEquals(0, factors().size)
        },
        bad = {
            val totp = signInAndEnrollTotp()
            failure<StepUpException.StepUpRequired> { mfa.delete(totp.deviceId) }
            stepUp.verifyTotp(code(totp), listOf(TokenScope.CREDENTIAL_UNLINK))
            failure<StepUpException.MethodUnavailable> { mfa.delete(MfaFactorId("nobody's/../device")) }
        },
    ),
    Call(
        "MfaClient.recoveryCodes",
        good = {
            signInAndEnrollTotp()
            assertEquals(10, mfa.recoveryCodes().toSet().size)
            assertEquals(mfa.recoveryCodes(), mfa.recoveryCodes())
        },
        bad = {
            signInAndEnrollTotp()
            mfa.recoveryCodes()
            mfa.acknowledgeRecoveryCodes()
            val gone = failure<StepUpException.MethodUnavailable> { mfa.recoveryCodes() }
            assertSame(UnavailableReason.ALREADY_ACKNOWLEDGED, gone.reason)
        },
    ),
    Call(
        "MfaClient.regenerateRecoveryCodes",
        good = {
            signInAndEnrollTotp()
            assertNotEquals(mfa.recoveryCodes(), mfa.regenerateRecoveryCodes())
        },
        bad = { failure<StepUpException.NotSignedIn> { mfa.regenerateRecoveryCodes() } },
    ),
    Call(
        "MfaClient.acknowledgeRecoveryCodes",
        good = {
            signInAndEnrollTotp()
            mfa.recoveryCodes()
            assertEquals(listOf<OnboardingDuty>(), mfa.acknowledgeRecoveryCodes().duties)
        },
        bad = { failure<StepUpException.NotSignedIn> { mfa.acknowledgeRecoveryCodes() } },
    ),
    Call(
        "PasskeysClient.register",
        good = {
            signInToAddFactors()
            client.mfa.passkeys.register()
            assertSame(MfaFactorKind.Passkey, factors().single().kind)
        },
        bad = {
            signIn()
            failure<StepUpException.StepUpRequired> { client.mfa.passkeys.register() }
            assertTrue(passkeys.calls.isEmpty(), "no passkey is made that could not be registered")
            signInToAddFactors()
            client.mfa.passkeys.register()
            val second = failure<StepUpException.MethodUnavailable> { client.mfa.passkeys.register() }
            assertSame(UnavailableReason.ALREADY_ENROLLED, second.reason)
        },
    ),
    Call(
        "PasskeysClient.list",
        good = {
            signInToAddFactors()
            assertEquals(0, client.mfa.passkeys.list().size)
            client.mfa.passkeys.register()
            assertEquals(PasskeyId(factors().single().id.value), client.mfa.passkeys.list().single().id)
        },
        bad = { failure<StepUpException.NotSignedIn> { client.mfa.passkeys.list() } },
    ),
    Call(
        "PasskeysClient.rename",
        good = {
            signInToAddFactors()
            client.mfa.passkeys.register()
            val id = client.mfa.passkeys.list().single().id
            assertEquals("My phone", client.mfa.passkeys.rename(id, " My phone ").alias)
            assertEquals("My phone", client.mfa.passkeys.list().single().alias)
        },
        bad = {
            signInToAddFactors()
            val nobody = PasskeyId(UUID.randomUUID().toString())
            val unnamed = failure<StepUpException.InvalidArgument> { client.mfa.passkeys.rename(nobody, " ") }
            assertEquals("alias", unnamed.argument)
            failure<StepUpException.MethodUnavailable> { client.mfa.passkeys.rename(nobody, "My phone") }
        },
    ),
    Call(
        "PasskeysClient.delete",
        good = {
            signInToAddFactors()
            client.mfa.passkeys.register()
            stepUp.verifyPasskey(listOf(TokenScope.CREDENTIAL_UNLINK))
            client.mfa.passkeys.delete(client.mfa.passkeys.list().single().id)
            assertEquals(0, factors().size)
        },
        bad = {
            signInToAddFactors()
            client.mfa.passkeys.register()
            val id = client.mfa.passkeys.list().single().id
            failure<StepUpException.StepUpRequired> { client.mfa.passkeys.delete(id) }
        },
    ),
)
