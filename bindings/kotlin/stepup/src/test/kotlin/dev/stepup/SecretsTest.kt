package dev.stepup

import dev.stepup.core.Platform
import dev.stepup.support.Samples
import dev.stepup.support.generatedTypes
import dev.stepup.support.marks
import dev.stepup.support.valueClasses
import kotlin.reflect.full.instanceParameter
import kotlin.reflect.full.isSubclassOf
import kotlin.reflect.full.memberFunctions
import kotlin.reflect.full.primaryConstructor
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** No generated type prints a secret, an address or a number: what one does print is listed here. */
internal class SecretsTest {
    private val printed = """
        AwaitingExternalJwt.scopes AwaitingLink.maskedEmail CaptchaChallenge.provider
        CaptchaChallenge.siteKey ClientConfig.apiVersion ClientConfig.appLinks ClientConfig.appName
        ClientConfig.appOrigin ClientConfig.baseUrl ClientConfig.clientVersion ClientConfig.deviceName
        ClientConfig.environmentId ClientConfig.oauthRedirectUrl ClientConfig.platformName
        ClientConfig.storageNamespace CodePrompt.maskedDestination Done.granted Elevation.scopes
        Granted.notRequired HttpHeader.name LogRecord.text MergeChoice.userId MergeConflict.field
        MergeConflict.fieldType MergeConflict.label MergeResolution.field MergeResolution.fieldType
        MergeResolution.userId MfaFactor.id Other.v1 OtpVerification.id OtpVerification.maskedDestination
        Passkey.id PreparedPasskey.optionsJson RegisteredDevice.id RegisteredDevice.name
        RegisteredDevice.userAgent ServerAnswer.code ServerAnswer.requestId SignInOptions.requestedScopes
        SignInOptions.verificationId StepUpCheck.defaultCredentialId StepUpCheck.scope StepUpCredential.id
        StepUpOption.id SubjectPublicKeyInfo.der TotpEnrollment.deviceId UnexpectedAnswer.operation
        UnexpectedAnswer.reason UnexpectedAnswer.requestId User.id VerifiedCredential.id
        WalletAccount.walletName X963.point
    """.trim().split(Regex("\\s+"))

    /** What the app made is printed as the app wants it; [guarded] ones do not even do that. */
    private val types = generatedTypes() - Platform::class

    @Test
    fun `every kind of generated type is looked at`() {
        val known = listOf("HttpHeader", "QrCode", "Session", "CheckReason", "UserUpdate", "LegacyMfaFactor")
        assertTrue(types.mapNotNull { it.simpleName }.containsAll(known), types.toString())
    }

    @Test
    fun `what is printed is listed`() {
        val records = types.filterNot { it.isSubclassOf(Throwable::class) }
        val found = records.flatMap(Samples::of).flatMap { marks("$it ${copy(it)}") }
        assertEquals(printed.sorted(), found.toSet().sorted())
    }

    @Test
    fun `a secret does not print itself, and ids and scopes do`() {
        val values = valueClasses().associate { type ->
            type.simpleName!! to type.primaryConstructor!!.call("a text").toString()
        }
        val secrets = values.filterValues { "a text" !in it }
        val known = """
            ElevatedAccessToken LegacyMfaToken OtpauthUri RecoveryCode SessionToken TotpSecret
        """.trim().split(" ")
        assertEquals(known.associateWith { "$it([redacted])" }, secrets.toSortedMap())
        assertEquals(setOf("a text"), (values - secrets.keys).values.toSet())
    }

    @Test
    fun `a platform does not print what the app made`() {
        val app = sample<Platform>()
        assertTrue(marks(app.toString()).isNotEmpty(), "the app's objects do print themselves")
        val dispatchers = CallbackDispatchers()
        val safe = app.guarded(null, dispatchers)
        val guard = listenerGuard(null, dispatchers)
        val listeners = listOf(
            SafeDeviceRegistrationListener(sample(), guard),
            SafeSessionListener(sample(), guard),
            SafeElevationListener(sample(), guard),
            SafeStepUpFlowListener(sample(), guard),
            SafeStepUpStateListener(sample(), guard),
        )
        assertEquals(listOf<String>(), marks("$safe ${safe.copy()} $listeners"))
    }

    private inline fun <reified T : Any> sample(): T = Samples.of(T::class).single() as T

    private fun copy(sample: Any): Any? {
        val copy = sample::class.memberFunctions.singleOrNull { it.name == "copy" } ?: return null
        return copy.callBy(mapOf(copy.instanceParameter!! to sample))
    }
}
