package dev.stepup.sample.app

import dev.stepup.sample.R
import dev.stepup.sample.support.EMAIL
import dev.stepup.sample.support.ScreenTest
import dev.stepup.sample.support.otherThan
import org.junit.Test

internal class SignInTest : ScreenTest() {
    @Test
    fun `a wrong code, then the right one`() {
        launch()
        type("email", EMAIL)
        press(R.string.send_email)
        see(R.string.code_sent, "a•••@example.com")
        type("code", otherThan(sandbox.code(EMAIL)))
        press(R.string.verify)
        see(R.string.notice_code_wrong)
        type("code", sandbox.code(EMAIL))
        press(R.string.verify)
        see(R.string.export_key)
    }
}
