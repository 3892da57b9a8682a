package dev.stepup.sample.presenter

import dev.stepup.core.OnboardingDuty
import dev.stepup.sample.support.AppTest
import dev.stepup.sample.support.EMAIL
import dev.stepup.sample.support.Phone
import dev.stepup.sample.support.await
import dev.stepup.sample.support.ended
import dev.stepup.sample.support.otherThan
import dev.stepup.sample.support.sheet
import dev.stepup.support.Totp
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertTrue
import org.junit.Test

/** The authenticator app, passkeys and recovery codes. */
internal class FactorPresentersTest : AppTest() {
    private fun code(totp: Totp): String {
        sandbox.advance(30)
        return totp.code(sandbox.now())
    }

    private suspend fun Phone.beginTotp(): Totp {
        connection.totp.enroll()
        stepUpByEmail()
        assertEquals(null, connection.totp.ended())
        return Totp(checkNotNull(connection.totp.state.value.enrollment))
    }

    private suspend fun Phone.enrollTotp(): Totp {
        val totp = beginTotp()
        connection.totp.confirm(code(totp))
        assertEquals(Notice.ENROLLED, connection.totp.ended())
        return totp
    }

    private suspend fun Phone.revealCodes(): List<String> {
        connection.recoveryCodes.reveal()
        assertEquals(null, connection.recoveryCodes.ended())
        return (connection.recoveryCodes.state.value as RecoveryCodesState.Shown).codes.map { it.value }
    }

    @Test
    fun `an authenticator app is enrolled and removed`() = onPhone {
        signIn()
        connection.totp.load()
        connection.totp.ended()
        assertEquals(0, connection.totp.state.value.factors?.size)
        val totp = beginTotp()
        val enrollment = checkNotNull(connection.totp.state.value.enrollment)
        assertTrue(enrollment.qrCode.modules.size >= 21 * 21)
        assertFalse("the secret is not printed", enrollment.secret.value in "${connection.totp.state.value}")

        val code = code(totp)
        connection.totp.confirm(otherThan(code))
        assertEquals(Notice.CODE_WRONG, connection.totp.ended())
        connection.totp.confirm(code)
        assertEquals(Notice.ENROLLED, connection.totp.ended())
        val factor = checkNotNull(connection.totp.state.value.factors).single()
        assertEquals(null, connection.totp.state.value.enrollment)

        connection.totp.remove(factor.id)
        sheet<StepUpSheet.Code>()
        connection.sheet.submit(code(totp))
        assertEquals(Notice.REMOVED, connection.totp.ended())
        assertEquals(0, connection.totp.state.value.factors?.size)
    }

    @Test
    fun `whoever does not go on with it leaves no secret behind`() = onPhone {
        signIn()
        beginTotp()
        connection.totp.abandon()
        assertEquals(null, connection.totp.state.value.enrollment)
        connection.totp.load()
        connection.totp.ended()
        assertEquals(0, connection.totp.state.value.factors?.size)
    }

    @Test
    fun `a passkey is registered, named and removed`() = onPhone {
        signIn()
        connection.passkeys.register()
        stepUpByEmail()
        assertEquals(Notice.ENROLLED, connection.passkeys.ended())
        val passkey = checkNotNull(connection.passkeys.state.value.passkeys).single()

        connection.passkeys.rename(passkey.id, "  ")
        assertEquals(Notice.NAME_INVALID, connection.passkeys.ended())
        connection.passkeys.rename(passkey.id, "My phone")
        assertEquals(Notice.RENAMED, connection.passkeys.ended())
        assertEquals("My phone", connection.passkeys.state.value.passkeys?.single()?.alias)

        connection.passkeys.register()
        assertEquals(Notice.ALREADY_THERE, connection.passkeys.ended())

        connection.passkeys.remove(passkey.id)
        assertEquals(Notice.REMOVED, connection.passkeys.ended())
        assertEquals(0, connection.passkeys.state.value.passkeys?.size)
    }

    @Test
    fun `recovery codes are shown until they are acknowledged`() = onPhone {
        signIn()
        enrollTotp()
        val codes = revealCodes()
        assertEquals(10, codes.toSet().size)
        val printed = "${connection.recoveryCodes.state.value}"
        assertFalse("they are not printed", codes.any { it in printed })
        connection.recoveryCodes.hide()
        assertEquals(RecoveryCodesState.Hidden, connection.recoveryCodes.state.value)
        assertEquals(codes, revealCodes())
        connection.recoveryCodes.acknowledge()
        assertEquals(Notice.ACKNOWLEDGED, connection.recoveryCodes.ended())
        connection.recoveryCodes.reveal()
        assertEquals(Notice.CODES_NOT_READABLE, connection.recoveryCodes.ended())
        assertEquals(RecoveryCodesState.Hidden, connection.recoveryCodes.state.value)
    }

    @Test
    fun `new recovery codes are a duty until they are acknowledged`() = onPhone {
        signIn()
        enrollTotp()
        val old = revealCodes()
        connection.recoveryCodes.regenerate()
        assertEquals(null, connection.recoveryCodes.ended())
        assertNotEquals(old, revealCodes())
        connection.home.state.await("the duty") { OnboardingDuty.ACKNOWLEDGE_RECOVERY_CODES in it.duties }
        connection.recoveryCodes.acknowledge()
        assertEquals(Notice.ACKNOWLEDGED, connection.recoveryCodes.ended())
        connection.home.state.await("no duty") { it.duties.isEmpty() }
    }

    @Test
    fun `whoever has no factor is told so`() = onPhone {
        signIn()
        assertEquals(EMAIL, connection.home.state.value.name)
        connection.totp.confirm("123456")
        assertTrue(connection.totp.ended()?.isError == true)
    }
}
