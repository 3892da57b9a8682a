package dev.stepup.sample.presenter

import dev.stepup.core.SocialProvider
import dev.stepup.core.StepUpMethod
import dev.stepup.sample.support.AppTest
import dev.stepup.sample.support.EMAIL
import dev.stepup.sample.support.PHONE
import dev.stepup.sample.support.Phone
import dev.stepup.sample.support.SOCIAL
import dev.stepup.sample.support.await
import dev.stepup.sample.support.ended
import dev.stepup.sample.support.otherThan
import dev.stepup.sample.support.sheet
import dev.stepup.support.Totp
import java.time.Duration
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.withTimeout
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

/** The export of the key asks for a step-up, which the sheet shows. */
internal class StepUpSheetPresenterTest : AppTest() {
    private val Phone.sheet get() = connection.sheet

    private fun Phone.export() = connection.home.exportKey()

    private suspend fun Phone.exported() {
        assertEquals(Notice.EXPORTED, connection.home.ended())
        sheet.state.await("the sheet to close") { it == null }
    }

    private suspend fun Phone.choose(method: StepUpMethod) {
        val choice = sheet<StepUpSheet.Choosing>().choices.single { it.method == method }
        sheet.select(choice.id)
    }

    /** What the authenticator app shows. A code is good once, so the clock moves on to the next one. */
    private fun code(totp: Totp): String {
        sandbox.advance(30)
        return totp.code(sandbox.now())
    }

    private suspend fun Phone.enrollTotp(): Totp {
        connection.totp.enroll()
        stepUpByEmail()
        connection.totp.ended()
        val totp = Totp(checkNotNull(connection.totp.state.value.enrollment))
        connection.totp.confirm(code(totp))
        assertEquals(Notice.ENROLLED, connection.totp.ended())
        return totp
    }

    @Test
    fun `a code by e-mail`() = onPhone {
        signIn()
        export()
        assertEquals("a•••@example.com", sheet<StepUpSheet.Code>().sentTo)
        sheet.submit(sandbox.code(EMAIL))
        exported()
    }

    @Test
    fun `a code by SMS`() = onPhone {
        connection.signIn.sendSms("+1", "2025550167")
        connection.signIn.ended()
        connection.signIn.submit(sandbox.code(PHONE))
        connection.signIn.ended()
        export()
        assertEquals(StepUpMethod.Sms, sheet<StepUpSheet.Code>().method)
        sheet.submit(sandbox.code(PHONE))
        exported()
    }

    @Test
    fun `an authenticator app, and a recovery code instead of it`() = onPhone {
        signIn()
        val totp = enrollTotp()
        connection.recoveryCodes.reveal()
        connection.recoveryCodes.ended()
        val codes = (connection.recoveryCodes.state.value as RecoveryCodesState.Shown).codes
        connection.recoveryCodes.acknowledge()
        connection.recoveryCodes.ended()

        export()
        val first = sheet<StepUpSheet.Code>()
        assertEquals(StepUpMethod.Totp to null, first.method to first.sentTo)
        assertEquals(null, first.resendIn)
        sheet.submit(code(totp))
        exported()

        export()
        sheet<StepUpSheet.Code>()
        sheet.back()
        choose(StepUpMethod.RecoveryCode)
        sheet<StepUpSheet.Code> { it.method == StepUpMethod.RecoveryCode }
        sheet.submit(codes.first().value)
        exported()
    }

    @Test
    fun `a passkey, which asks for nothing`() = onPhone {
        signIn()
        connection.passkeys.register()
        stepUpByEmail()
        connection.passkeys.ended()
        export()
        exported()
    }

    @Test
    fun `a wallet`() = onPhone {
        signIn()
        connection.home.linkWallet()
        stepUpByEmail()
        assertEquals(Notice.LINKED, connection.home.ended())
        export()
        choose(StepUpMethod.Wallet)
        exported()
    }

    @Test
    fun `a social account`() = onPhone(SOCIAL) {
        connection.signIn.withSocial(SocialProvider.Google)
        app.screen.await("home") { it == Screen.HOME }
        export()
        exported()
    }

    @Test
    fun `the app's backend`() = onPhone {
        signIn()
        connection.home.exportKeyByBackend()
        exported()
        assertEquals(1, sandbox.arrived("externalAuth/verify"))
    }

    @Test
    fun `a wrong code, another code, then the right one`() = onPhone {
        signIn()
        export()
        sheet<StepUpSheet.Code>()
        sheet.submit(otherThan(sandbox.code(EMAIL)))
        sheet<StepUpSheet.Code> { it.notice == Notice.CODE_WRONG }
        ahead = Duration.ofSeconds(31)
        sheet<StepUpSheet.Code> { it.resendIn == 0 }
        sheet.resend()
        sheet<StepUpSheet.Code> { !it.isResending && it.notice == null }
        sheet.submit(sandbox.code(EMAIL))
        exported()
    }

    @Test
    fun `who has several methods chooses, goes back, and cancels`() = onPhone {
        signIn()
        connection.home.linkWallet()
        stepUpByEmail()
        connection.home.ended()
        export()
        val offered = sheet<StepUpSheet.Choosing>().choices
        assertEquals(setOf(StepUpMethod.Email, StepUpMethod.Wallet), offered.map { it.method }.toSet())
        assertEquals(1, offered.count { it.isPreferred })
        choose(StepUpMethod.Email)
        sheet<StepUpSheet.Code>()
        sheet.back()
        sheet<StepUpSheet.Choosing>()
        sheet.close()
        assertEquals("cancelling is nothing to complain of", null, connection.home.ended())
        assertEquals(null, sheet.state.value)
    }

    @Test
    fun `a passkey of another phone is greyed out, and another method helps`() = onPhone {
        signIn()
        val totp = enrollTotp()
        // The permission to link holds for ten minutes: nobody is asked again.
        connection.passkeys.register()
        assertEquals(Notice.ENROLLED, connection.passkeys.ended())

        val second = phone("Pixel 8; Android 15")
        second.signIn()
        second.export()
        second.choose(StepUpMethod.Passkey)
        val again = second.sheet<StepUpSheet.Choosing> { it.notice == Notice.NOT_ON_THIS_DEVICE }
        assertFalse(again.choices.single { it.method == StepUpMethod.Passkey }.isUsable)
        second.choose(StepUpMethod.Totp)
        second.sheet<StepUpSheet.Code>()
        second.sheet.submit(code(totp))
        second.exported()
    }

    @Test
    fun `without a network the code is typed again`() = onPhone {
        signIn()
        export()
        sheet<StepUpSheet.Code>()
        sandbox.fault("POST", "emailVerifications/verify", """{"cut": "before", "count": 1}""")
        sheet.submit(sandbox.code(EMAIL))
        sheet<StepUpSheet.Code> { it.notice == Notice.NO_ANSWER }
        sheet.submit(sandbox.code(EMAIL))
        exported()
    }

    @Test
    fun `a check that fails is repeated`() = onPhone {
        signIn()
        sandbox.fault("POST", "emailVerifications/create", """{"status": 500, "count": 1, "body": {}}""")
        export()
        val failed = sheet<StepUpSheet.Choosing> { it.notice != null }
        assertTrue(failed.canRetry)
        sheet.retry()
        sheet<StepUpSheet.Code>()
        sheet.submit(sandbox.code(EMAIL))
        exported()
    }

    @Test
    fun `the session ends elsewhere while the sheet is open`() = onPhone {
        signIn()
        export()
        sheet<StepUpSheet.Code>()
        connection.client.auth.logout()
        sheet.state.await("the sheet to close") { it == null }
        app.screen.await("the sign-in") { it == Screen.SIGN_IN }
    }

    @Test
    fun `the app is ended while a code is awaited`() = onPhone {
        signIn()
        export()
        sheet<StepUpSheet.Code>()
        untilWrittenDown()
        die()
        val found = sheet<StepUpSheet.Code>()
        assertEquals("a•••@example.com", found.sentTo)
        sheet.submit(otherThan(sandbox.code(EMAIL)))
        sheet<StepUpSheet.Code> { it.notice == Notice.CODE_WRONG }
        sheet.submit(sandbox.code(EMAIL))
        sheet<StepUpSheet.Granted>()
        sheet.close()
        assertEquals(null, sheet.state.value)
        assertEquals(1, sandbox.arrived("emailVerifications/create") - 1)
        export()
        exported()
    }

    @Test
    fun `the app is ended while the browser is open`() = onPhone(SOCIAL) {
        connection.signIn.withSocial(SocialProvider.Google)
        app.screen.await("home") { it == Screen.HOME }
        val decided = CompletableDeferred<String>()
        browser.after = {
            decided.complete(it)
            awaitCancellation()
        }
        export()
        val redirect = decided.await()
        die()
        sheet<StepUpSheet.Waiting>()
        returnFromBrowser(redirect)
        sheet<StepUpSheet.Granted>()
        sheet.close()
        // The redirect's own outcome, which comes sooner or later, has nothing more to tell.
        sheet.granted()
        assertEquals(null, sheet.state.value)
        export()
        exported()
    }

    private suspend fun Phone.untilWrittenDown() = withTimeout(10_000) {
        while (storage.keys.none { "browser" in it }) delay(5)
    }
}
