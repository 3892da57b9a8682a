package dev.stepup.calls

import dev.stepup.StepUpClient
import dev.stepup.core.CancelToken
import dev.stepup.core.ClientConfig
import dev.stepup.core.StepUpException
import dev.stepup.core.StorageFailure
import dev.stepup.core.TokenScope
import dev.stepup.core.insecureInMemoryPlatform
import dev.stepup.support.Call
import dev.stepup.support.EMAIL
import dev.stepup.support.World
import dev.stepup.support.eventually
import dev.stepup.support.failure
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue

/** Tokens that are stored: single-use ones live in memory only. */
private const val REUSABLE =
    """{"actions": [{"action": "wallet.waas.export", "required": true, "tokenBehavior": "time_bound"}]}"""

private inline fun World.second(config: ClientConfig, use: (StepUpClient) -> Unit) {
    StepUpClient(config, platform()).use(use)
}

internal val clientCalls = listOf(
    Call(
        "StepUpClient.<init>",
        good = {
            second(config.copy(storageNamespace = "second")) { assertEquals(null, it.auth.session()) }
        },
        bad = {
            val config = config.copy(environmentId = "1")
            val wrong = failure<StepUpException.InvalidConfiguration> { second(config) {} }
            assertEquals("environment_id", wrong.field)
            failure<StepUpException.AlreadyOpen> { second(this.config) {} }
        },
    ),
    Call(
        "StepUpClient.restore",
        policy = REUSABLE,
        good = {
            signIn()
            verifyByEmail()
            restart()
            assertFalse(stepUp.hasElevatedAccessToken(TokenScope.WALLET_EXPORT))
            client.restore()
            assertTrue(stepUp.hasElevatedAccessToken(TokenScope.WALLET_EXPORT))
        },
        bad = {
            signIn()
            storage.records.replaceAll { _, _ -> "nonsense".toByteArray() }
            restart()
            val corrupt = failure<StepUpException.StorageFailed> { client.restore() }
            assertSame(StorageFailure.CORRUPT, corrupt.reason)
            assertEquals(null, auth.session())
        },
    ),
    Call(
        "StepUpClient.setForeground",
        good = {
            signIn()
            sandbox.advance(7_100)
            // The client learns from this answer what time it is.
            stepUp.check(TokenScope.WALLET_EXPORT)
            client.setForeground(false)
            client.setForeground(true)
            eventually("the session is renewed") { sandbox.arrived("refresh") == 1 }
        },
        bad = {
            client.close()
            client.setForeground(true)
            assertEquals(0, sandbox.arrived(""))
        },
    ),
    Call(
        "StepUpClient.shutdown",
        good = {
            client.close()
            second(config) { assertEquals(null, it.auth.session()) }
        },
        bad = {
            client.close()
            client.close()
            failure<StepUpException.ClientClosed> { client.restore() }
        },
    ),
    Call(
        "StepUpClient.auth",
        good = { assertEquals(null, client.auth.session()) },
        bad = { closed { auth.session() } },
    ),
    Call(
        "StepUpClient.stepUp",
        good = { assertTrue(client.stepUp.isRequired(TokenScope.WALLET_EXPORT)) },
        bad = { closed { stepUp.isRequired(TokenScope.WALLET_EXPORT) } },
    ),
    Call(
        "StepUpClient.mfa",
        good = { failure<StepUpException.NotSignedIn> { client.mfa.methods() } },
        bad = { closed { mfa.methods() } },
    ),
    Call(
        "StepUpClient.passkeys",
        good = { failure<StepUpException.NotSignedIn> { client.mfa.passkeys.register() } },
        bad = { closed { mfa.passkeys.list() } },
    ),
    Call(
        "StepUpClient.deviceRegistration",
        good = { assertFalse(client.deviceRegistration.isRequired()) },
        bad = { closed { deviceRegistration.list() } },
    ),
    Call(
        "CancelToken.<init>",
        good = { assertEquals(null, auth.session(CancelToken())) },
        bad = {
            val closed = CancelToken().apply { close() }
            failure<IllegalStateException> { auth.session(closed) }
        },
    ),
    Call(
        "CancelToken.cancel",
        good = {
            val cancel = CancelToken().apply { cancel() }
            failure<StepUpException.Cancelled> { auth.sendEmailOtp(EMAIL, cancel) }
            assertEquals(0, sandbox.arrived(""))
        },
        bad = {
            val cancel = CancelToken().apply { close() }
            failure<IllegalStateException> { cancel.cancel() }
        },
    ),
    Call(
        "CancelToken.isCancelled",
        good = {
            val cancel = CancelToken()
            assertFalse(cancel.isCancelled())
            cancel.cancel()
            assertTrue(cancel.isCancelled())
        },
        bad = {
            val cancel = CancelToken().apply { close() }
            failure<IllegalStateException> { cancel.isCancelled() }
        },
    ),
    Call(
        "insecureInMemoryPlatform",
        good = {
            restart(insecureInMemoryPlatform())
            signIn()
            assertTrue(storage.calls.isEmpty())
        },
        bad = {
            restart(insecureInMemoryPlatform())
            signIn()
            restart(insecureInMemoryPlatform())
            assertEquals(null, auth.session(), "what is in memory is gone with its client")
        },
    ),
)

private suspend fun World.closed(call: suspend StepUpClient.() -> Any?) {
    val closed = StepUpClient(config.copy(storageNamespace = "closed"), platform()).apply { close() }
    failure<StepUpException.ClientClosed> { closed.call() }
}
