package dev.stepup.sample.app

import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.hasContentDescription
import dev.stepup.core.MfaFactorId
import dev.stepup.core.OtpauthUri
import dev.stepup.core.QrCode
import dev.stepup.core.TotpEnrollment
import dev.stepup.core.TotpSecret
import dev.stepup.sample.R
import dev.stepup.sample.support.BrowserVisit
import dev.stepup.sample.support.EMAIL
import dev.stepup.sample.support.PHONE
import dev.stepup.sample.support.SOCIAL
import dev.stepup.sample.support.ScreenTest
import dev.stepup.sample.support.otherThan
import dev.stepup.support.Totp
import org.junit.Assert.assertEquals
import org.junit.Test

/** The key is exported, with each of the methods. */
internal class StepUpTest : ScreenTest() {
    private fun export() {
        press(R.string.export_key)
    }

    private fun exported() {
        see(R.string.notice_exported)
        gone(hasTestTag("sheet"))
    }

    private fun answer(code: String) {
        type("code", code)
        press(R.string.verify)
    }

    private fun stepUpByEmail() {
        see(hasTestTag("sheet"))
        see(R.string.code_sent, "a•••@example.com")
        answer(sandbox.code(EMAIL))
        gone(hasTestTag("sheet"))
    }

    /** The authenticator app is given what the screen shows. */
    private fun enrollTotp(): Totp {
        press(R.string.totp)
        press(R.string.enroll_totp)
        stepUpByEmail()
        val secret = textOf("secret").filterNot { it == ' ' }
        val nothing = QrCode(0u, byteArrayOf(), "")
        val totp = Totp(TotpEnrollment(MfaFactorId(""), TotpSecret(secret), OtpauthUri(""), nothing))
        answer(code(totp))
        see(R.string.notice_enrolled)
        back()
        return totp
    }

    private fun code(totp: Totp): String {
        sandbox.advance(30)
        return totp.code(sandbox.now())
    }

    @Test
    fun `a code by e-mail, after a wrong one`() {
        launch()
        signIn()
        export()
        see(R.string.code_sent, "a•••@example.com")
        answer(otherThan(sandbox.code(EMAIL)))
        see(R.string.notice_code_wrong)
        answer(sandbox.code(EMAIL))
        exported()
    }

    @Test
    fun `a code by SMS`() {
        launch()
        type("phone", "2025550167")
        press(R.string.send_sms)
        answer(waitForCode(PHONE))
        export()
        see(R.string.code_sent, "+1 •••67")
        answer(sandbox.code(PHONE))
        exported()
    }

    @Test
    fun `an authenticator app, and a recovery code instead`() {
        launch()
        signIn()
        val totp = enrollTotp()
        press(R.string.recovery_codes)
        press(R.string.show_codes)
        val code = childTextsOf("codes").first()
        press(R.string.codes_saved)
        see(R.string.notice_acknowledged)
        back()

        export()
        see(R.string.type_totp)
        answer(code(totp))
        exported()

        export()
        see(R.string.type_totp)
        see(hasContentDescription(text(R.string.other_method))).performClick()
        press(R.string.method_recovery_code)
        see(R.string.type_recovery_code)
        answer(code)
        exported()
    }

    @Test
    fun `a passkey`() {
        launch()
        signIn()
        press(R.string.passkeys)
        press(R.string.register_passkey)
        stepUpByEmail()
        see(R.string.notice_enrolled)
        back()
        export()
        exported()
    }

    @Test
    fun `a wallet`() {
        launch()
        signIn()
        press(R.string.link_wallet)
        stepUpByEmail()
        see(R.string.notice_linked)
        export()
        see(R.string.choose_method)
        press(R.string.method_wallet)
        exported()
    }

    @Test
    fun `a social account, in the browser`() {
        launch(SOCIAL)
        BrowserVisit.installBrowser()
        press(R.string.with_provider, "Google")
        visitBrowser().approve()
        see(R.string.export_key)
        export()
        visitBrowser().approve()
        exported()
    }

    @Test
    fun `our backend`() {
        launch()
        signIn()
        press(R.string.export_key_by_backend)
        exported()
        assertEquals(1, sandbox.arrived("externalAuth/verify"))
    }

    @Test
    fun `whoever cancels is at home again`() {
        launch()
        signIn()
        export()
        see(R.string.code_sent, "a•••@example.com")
        see(hasContentDescription(text(R.string.cancel))).performClick()
        gone(hasTestTag("sheet"))
        see(hasText(EMAIL))
    }
}
