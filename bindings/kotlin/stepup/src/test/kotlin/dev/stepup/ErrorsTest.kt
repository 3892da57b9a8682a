package dev.stepup

import dev.stepup.core.ErrorKind
import dev.stepup.core.NetworkFailure
import dev.stepup.core.Platform
import dev.stepup.core.PlatformCallback
import dev.stepup.core.PlatformException
import dev.stepup.core.ServerAnswer
import dev.stepup.core.StepUpException
import dev.stepup.core.UnavailableReason
import dev.stepup.support.EMAIL
import dev.stepup.support.Samples
import dev.stepup.support.SandboxTest
import dev.stepup.support.TestKeys
import dev.stepup.support.TestStorage
import dev.stepup.support.World
import dev.stepup.support.documentedErrors
import dev.stepup.support.failure
import kotlin.reflect.full.memberProperties
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** Each error is a type of its own, says what to do, and crosses the border in both directions. */
internal class ErrorsTest : SandboxTest() {
    @Test
    fun `every error says what to do, as it is written for readers`() {
        val rows = documentedErrors()
        for (row in rows) assertEquals(row.kind, row.error.kind.documented(), row.error.toString())
        val cases = Samples.cases(StepUpException::class).map { it.simpleName!! }
        assertEquals(cases.sorted(), rows.map { it.error::class.simpleName!! }.distinct().sorted())
    }

    /** As the documents write it: `RETRY_LATER` is `RetryLater` there. */
    private fun ErrorKind.documented() =
        name.split('_').joinToString("") { it.lowercase().replaceFirstChar(Char::uppercase) }

    @Test
    fun `every error has a text and what is known of the server's answer`() {
        for (error in Samples.of(StepUpException::class).map { it as StepUpException }) {
            assertTrue(error.toString().isNotBlank() && '@' !in error.toString(), error.toString())
            val hasAnswer = error::class.memberProperties.any { it.name == "answer" }
            assertEquals(hasAnswer, error.serverAnswer() != null, error.toString())
            val hasTime = error::class.memberProperties.any { it.name == "coreRetryAfter" }
            assertEquals(if (hasTime) 7.seconds else null, error.retryAfter, error.toString())
        }
    }

    @Test
    fun `every error has its request's id and the server's code, where there are any`() {
        for (error in Samples.of(StepUpException::class).map { it as StepUpException }) {
            val fields = error::class.memberProperties.associate { it.name to it.getter.call(error) }
            val answer = fields["answer"] as ServerAnswer?
            val sent = fields["requestId"]
            assertEquals(answer?.code, error.serverCode, error.toString())
            assertEquals(sent ?: answer?.requestId, error.requestId, error.toString())
        }
    }

    @Test
    fun `what a server refuses arrives with its status, code and time`() = inWorld {
        repeat(3) { auth.sendEmailOtp(EMAIL) }
        val tooMany = failure<StepUpException.RateLimited> { auth.sendEmailOtp(EMAIL) }
        assertEquals(429.toUShort(), tooMany.answer?.status)
        assertTrue(tooMany.retryAfter!! > Duration.ZERO)

        sandbox.fault("GET", "users/mfa/methods", """{"status": 503}""")
        signInAfter(minutes = 11)
        val trouble = failure<StepUpException.Server> { mfa.methods() }
        assertEquals(503.toUShort(), trouble.answer.status)
        assertEquals(ErrorKind.RETRY_LATER, trouble.kind)
    }

    @Test
    fun `an answer that is none, and no answer`() = inWorld {
        signIn()
        sandbox.fault("GET", "users/mfa/recovery", """{"status": 200, "body": {"codes": 3}}""")
        failure<StepUpException.UnexpectedAnswer> { mfa.recoveryCodes() }
        sandbox.control("DELETE", "faults")
        sandbox.fault("POST", "users/mfa/recovery", """{"cut": "before"}""")
        val cut = failure<StepUpException.Network> { mfa.regenerateRecoveryCodes() }
        assertEquals(NetworkFailure.INTERRUPTED, cut.failure)
    }

    @Test
    fun `a device that must be registered first`() = inWorld("""{"deviceRegistration": true}""") {
        signIn()
        val phone = Platform(TestStorage(), TestKeys())
        val other = StepUpClient(config.copy(storageNamespace = "other"), phone)
        other.auth.sendEmailOtp(EMAIL)
        other.auth.signInWithOtp(sandbox.code(EMAIL))
        failure<StepUpException.DeviceRegistrationRequired> { other.stepUp.sendOtp() }
        other.close()
    }

    /** What the app throws, and what the call that asked it ends with. */
    private val arrivals: List<Pair<PlatformException, StepUpException>> = listOf(
        PlatformException.Cancelled() to StepUpException.Cancelled(),
        PlatformException.TimedOut() to StepUpException.TimedOut(PlatformCallback.PASSKEY),
        PlatformException.NotFound() to unavailable(UnavailableReason.NOT_ON_THIS_DEVICE),
        PlatformException.AlreadyExists() to unavailable(UnavailableReason.ALREADY_ENROLLED),
        PlatformException.Unsupported() to unavailable(UnavailableReason.UNSUPPORTED),
        PlatformException.KeyInvalidated() to unavailable(UnavailableReason.NOT_ON_THIS_DEVICE),
        PlatformException.Locked() to StepUpException.CallbackFailed(PlatformCallback.PASSKEY),
        PlatformException.Configuration(EMAIL) to StepUpException.InvalidConfiguration(
            field = "platform (passkey)",
            reason = "is not set up; the callback knows the details",
        ),
        PlatformException.Internal(EMAIL) to StepUpException.CallbackFailed(PlatformCallback.PASSKEY),
    )

    private fun unavailable(reason: UnavailableReason) = StepUpException.MethodUnavailable(reason, null)

    @TestFactory
    fun `what the app throws arrives as what it is`(): List<DynamicTest> = arrivals.map { (thrown, arrives) ->
        dynamicTest(thrown::class.simpleName) {
            inWorld {
                signInToAddFactors()
                passkeys.before = { throw thrown }
                val failure = failure<StepUpException> { client.mfa.passkeys.register() }
                assertEquals(arrives::class, failure::class)
                assertEquals(arrives.toString(), failure.toString())
            }
        }
    }

    @Test
    fun `every error that the app can throw is looked at`() {
        val cases = Samples.cases(PlatformException::class).map { it.simpleName!! }
        assertEquals(cases.sorted(), arrivals.map { it.first::class.simpleName!! }.sorted())
    }

    private suspend fun World.signInAfter(minutes: Long) {
        sandbox.advance(minutes * 60)
        signIn()
    }
}
