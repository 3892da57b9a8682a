package dev.stepup.calls

import dev.stepup.core.PlatformException
import dev.stepup.core.SignInOptions
import dev.stepup.core.SignInOutcome
import dev.stepup.core.StepUpException
import dev.stepup.core.TokenScope
import dev.stepup.core.UnavailableReason
import dev.stepup.support.Call
import dev.stepup.support.EMAIL
import dev.stepup.support.failure
import kotlinx.serialization.json.put
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue

private val export = listOf(TokenScope.WALLET_EXPORT)

/** Calls with an assertion: that of the app's backend, and that of a passkey. */
internal val assertionCalls = listOf(
    Call(
        "AuthClient.signInWithExternalJwt",
        good = {
            val jwt = sandbox.assertion {
                put("sub", "customer-7")
                put("email", EMAIL)
            }
            val outcome = auth.signInWithExternalJwt(jwt) as SignInOutcome.Done
            assertEquals(outcome.session, auth.session())
        },
        bad = {
            val nonsense = failure<StepUpException.InvalidArgument> { auth.signInWithExternalJwt("nonsense") }
            assertEquals("jwt", nonsense.argument)
            assertEquals(0, sandbox.arrived(""))
            val jwt = sandbox.assertion { put("sub", "customer-7") }
            val forged = jwt.dropLast(8) + jwt.takeLast(8).reversed()
            val refused = failure<StepUpException.MethodUnavailable> { auth.signInWithExternalJwt(forged) }
            assertSame(UnavailableReason.PROOF_REFUSED, refused.reason)
        },
    ),
    Call(
        "StepUpAuthClient.verifyExternalJwt",
        good = {
            val user = signIn().user
            val jwt = sandbox.assertion {
                put("sub", user.id)
                put("scope", TokenScope.WALLET_EXPORT.value)
            }
            assertEquals(export, stepUp.verifyExternalJwt(jwt).scopes)
            assertEquals(200, proceed())
            val again = failure<StepUpException.MethodUnavailable> { stepUp.verifyExternalJwt(jwt) }
            assertSame(UnavailableReason.PROOF_REFUSED, again.reason)
        },
        bad = {
            val user = signIn().user
            val jwt = sandbox.assertion { put("sub", user.id) }
            val hopeless = failure<StepUpException.InvalidArgument> { stepUp.verifyExternalJwt(jwt) }
            assertTrue("scope" in hopeless.reason, hopeless.reason)
            assertEquals(0, sandbox.arrived("externalAuth/verify"))
        },
    ),
    Call(
        "AuthClient.signInWithPasskey",
        good = {
            val user = signInToAddFactors().user
            client.mfa.passkeys.register()
            auth.logout()
            val options = SignInOptions(requestedScopes = export)
            val outcome = auth.signInWithPasskey("localhost", options) as SignInOutcome.Done
            assertEquals(user.id to export, outcome.session.user.id to outcome.granted)
        },
        bad = {
            val none = failure<StepUpException.MethodUnavailable> { auth.signInWithPasskey() }
            assertSame(UnavailableReason.NOT_ON_THIS_DEVICE, none.reason)
            passkeys.before = { throw PlatformException.Cancelled() }
            failure<StepUpException.Cancelled> { auth.signInWithPasskey() }
            assertEquals(null, auth.session())
        },
    ),
)
