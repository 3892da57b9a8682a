package dev.stepup.sample.app

import android.app.Activity.RESULT_OK
import android.content.ClipboardManager
import android.content.Intent
import android.net.Uri
import androidx.compose.ui.test.hasTestTag
import dev.stepup.core.MfaFactorId
import dev.stepup.core.OtpauthUri
import dev.stepup.core.QrCode
import dev.stepup.core.TotpEnrollment
import dev.stepup.core.TotpSecret
import dev.stepup.sample.R
import dev.stepup.sample.support.EMAIL
import dev.stepup.sample.support.ScreenTest
import dev.stepup.support.Totp
import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.OutputStream
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Shadows.shadowOf

/** The recovery codes are written to a file, and copied as what is secret. */
internal class RecoveryCodesTest : ScreenTest() {
    private val file = Uri.parse("content://files/codes")

    private fun showCodes(): List<String> {
        launch()
        signIn()
        press(R.string.totp)
        press(R.string.enroll_totp)
        see(hasTestTag("sheet"))
        type("code", waitForCode(EMAIL))
        press(R.string.verify)
        gone(hasTestTag("sheet"))
        val secret = textOf("secret").filterNot { it == ' ' }
        press(R.string.copy)
        assertEquals(secret, copied())
        val nothing = QrCode(0u, byteArrayOf(), "")
        val totp = Totp(TotpEnrollment(MfaFactorId(""), TotpSecret(secret), OtpauthUri(""), nothing))
        sandbox.advance(30)
        type("code", totp.code(sandbox.now()))
        press(R.string.verify)
        see(R.string.notice_enrolled)
        back()
        press(R.string.recovery_codes)
        press(R.string.show_codes)
        return childTextsOf("codes")
    }

    /** What the system is told not to show. */
    private fun copied(): String {
        val clipboard = checkNotNull(app.getSystemService(ClipboardManager::class.java))
        rule.waitUntil { clipboard.hasPrimaryClip() }
        val clip = checkNotNull(clipboard.primaryClip)
        assertTrue(clip.description.extras.getBoolean("android.content.extra.IS_SENSITIVE"))
        return "${clip.getItemAt(0).text}"
    }

    /** The user chooses a file. */
    private fun saveTo(stream: OutputStream?) {
        shadowOf(app.contentResolver).registerOutputStreamSupplier(file) { stream }
        press(R.string.save)
        rule.waitForIdle()
        val asked = shadowOf(activity.get()).nextStartedActivityForResult
        rule.runOnUiThread {
            shadowOf(activity.get()).receiveResult(asked.intent, RESULT_OK, Intent().setData(file))
        }
    }

    @Test
    fun `whoever saves the codes is told how it went`() {
        val codes = showCodes()
        val written = ByteArrayOutputStream()
        saveTo(written)
        see(R.string.notice_saved)
        assertEquals(codes.joinToString("\n"), "$written")

        saveTo(object : OutputStream() {
            override fun write(byte: Int) = throw IOException("no room")
        })
        see(R.string.notice_storage_failed)
        saveTo(ByteArrayOutputStream())
        see(R.string.notice_saved)
        saveTo(stream = null)
        see(R.string.notice_storage_failed)
    }
}
