package dev.stepup.calls

import dev.stepup.core.CodeRefusal
import dev.stepup.core.CredentialId
import dev.stepup.core.LinkOutcome
import dev.stepup.core.OtpVerification
import dev.stepup.core.PhoneNumber
import dev.stepup.core.SocialProvider
import dev.stepup.core.StepUpException
import dev.stepup.core.TokenScope
import dev.stepup.core.UpdateOutcome
import dev.stepup.core.UserUpdate
import dev.stepup.core.VerificationId
import dev.stepup.support.Call
import dev.stepup.support.OTHER_EMAIL
import dev.stepup.support.PHONE
import dev.stepup.support.World
import dev.stepup.support.failure
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue

private val phone = PhoneNumber("+1", "(202) 555-0167")

/** A code is on its way to another address of the user's. */
private suspend fun World.beginToLinkEmail(): OtpVerification {
    signIn()
    verifyByEmail(TokenScope.CREDENTIAL_LINK)
    return (auth.linkEmail(OTHER_EMAIL) as UpdateOutcome.CodeSent).verification
}

internal val profileCalls = listOf(
    Call(
        "AuthClient.updateUser",
        good = {
            signIn()
            val update = UserUpdate(firstName = "Ada", country = "GB", metadata = """{"plan": "pro"}""")
            val outcome = auth.updateUser(update) as UpdateOutcome.Done
            val user = outcome.session.user
            assertEquals(listOf("Ada", "GB"), listOf(user.firstName, user.country))
            assertTrue("pro" in user.metadata!!)
        },
        bad = {
            signIn()
            failure<StepUpException.InvalidArgument> { auth.updateUser(UserUpdate()) }
            val noObject = UserUpdate(metadata = "[]")
            val wrong = failure<StepUpException.InvalidArgument> { auth.updateUser(noObject) }
            assertEquals("metadata", wrong.argument)
            sandbox.changePolicy("""{"actions": [{"action": "user.update", "required": true}]}""")
            val refused = failure<StepUpException.StepUpRequired> {
                auth.updateUser(UserUpdate(lastName = "Lovelace"))
            }
            assertEquals(TokenScope.USER_UPDATE, refused.scope)
        },
    ),
    Call(
        "AuthClient.linkEmail",
        good = { assertEquals("g•••@example.com", beginToLinkEmail().maskedDestination) },
        bad = {
            signIn()
            failure<StepUpException.InvalidArgument> { auth.linkEmail("grace at example") }
            val refused = failure<StepUpException.StepUpRequired> { auth.linkEmail(OTHER_EMAIL) }
            assertEquals(TokenScope.CREDENTIAL_LINK, refused.scope)
        },
    ),
    Call(
        "AuthClient.linkPhone",
        good = {
            signIn()
            verifyByEmail(TokenScope.CREDENTIAL_LINK)
            val sent = (auth.linkPhone(phone) as UpdateOutcome.CodeSent).verification
            val linked = auth.confirmLink(sandbox.code(PHONE), sent.id) as LinkOutcome.Done
            assertEquals(2, linked.session.user.verifiedCredentials.size)
        },
        bad = {
            signIn()
            failure<StepUpException.InvalidArgument> { auth.linkPhone(PhoneNumber("1", "call me")) }
            failure<StepUpException.StepUpRequired> { auth.linkPhone(phone) }
        },
    ),
    Call(
        "AuthClient.pendingLinkOtp",
        good = {
            assertEquals(null, auth.pendingLinkOtp())
            val sent = beginToLinkEmail()
            restart()
            assertEquals(sent, auth.pendingLinkOtp())
            auth.confirmLink(sandbox.code(OTHER_EMAIL))
            assertEquals(null, auth.pendingLinkOtp())
        },
        bad = {
            client.close()
            failure<StepUpException.ClientClosed> { auth.pendingLinkOtp() }
        },
    ),
    Call(
        "AuthClient.resendLinkOtp",
        good = {
            val sent = beginToLinkEmail()
            auth.resendLinkOtp(sent.id)
            assertEquals(1, sandbox.arrived("emailVerifications/retry"))
            auth.confirmLink(sandbox.code(OTHER_EMAIL))
        },
        bad = {
            signIn()
            failure<StepUpException.InvalidArgument> { auth.resendLinkOtp() }
        },
    ),
    Call(
        "AuthClient.confirmLink",
        good = {
            beginToLinkEmail()
            val linked = auth.confirmLink(sandbox.code(OTHER_EMAIL)) as LinkOutcome.Done
            assertEquals(OTHER_EMAIL, linked.session.user.email)
        },
        bad = {
            val sent = beginToLinkEmail()
            val other = otherThan(sandbox.code(OTHER_EMAIL))
            val wrong = failure<StepUpException.InvalidCode> { auth.confirmLink(other, sent.id) }
            assertSame(CodeRefusal.WRONG, wrong.reason)
            val code = sandbox.code(OTHER_EMAIL)
            failure<StepUpException.InvalidArgument> { auth.confirmLink(code, VerificationId("unknown")) }
        },
    ),
    Call(
        "AuthClient.unlinkCredential",
        policy = SOCIAL,
        good = {
            signIn()
            verifyByEmail(listOf(TokenScope.CREDENTIAL_LINK, TokenScope.CREDENTIAL_UNLINK))
            val linked = auth.linkSocial(SocialProvider.Google) as LinkOutcome.Done
            val account = linked.session.user.verifiedCredentials.single { it.oauthProvider != null }
            assertEquals(1, auth.unlinkCredential(account.id).user.verifiedCredentials.size)
        },
        bad = {
            val only = signIn().user.verifiedCredentials.single()
            val last = failure<StepUpException.Server> { auth.unlinkCredential(only.id) }
            assertEquals("cannot_delete_last_sign_in_verified_credential", last.answer.code)
            verifyByEmail(TokenScope.CREDENTIAL_LINK)
            auth.linkSocial(SocialProvider.Google)
            val refused = failure<StepUpException.StepUpRequired> { auth.unlinkCredential(only.id) }
            assertEquals(TokenScope.CREDENTIAL_UNLINK, refused.scope)
            failure<StepUpException.InvalidArgument> { auth.unlinkCredential(CredentialId("")) }
        },
    ),
    Call(
        "AuthClient.deleteUser",
        good = {
            val user = signIn().user
            verifyByEmail(TokenScope.USER_DELETE)
            auth.deleteUser()
            assertEquals(null, auth.session())
            assertTrue(storage.records.isEmpty(), storage.records.keys.toString())
            assertTrue(signIn().user.id != user.id, "a new account")
        },
        bad = {
            val user = signIn().user
            val refused = failure<StepUpException.StepUpRequired> { auth.deleteUser() }
            assertEquals(TokenScope.USER_DELETE, refused.scope)
            assertEquals(user.id, auth.session()?.user?.id)
        },
    ),
)
