package dev.stepup.sample.pictures

import android.content.ComponentName
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import androidx.activity.ComponentActivity
import androidx.activity.compose.setContent
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.runtime.Composable
import androidx.compose.ui.node.RootForTest
import androidx.compose.ui.platform.ViewRootForTest
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.isRoot
import androidx.compose.ui.test.junit4.v2.createEmptyComposeRule
import androidx.compose.ui.test.performTextReplacement
import androidx.core.graphics.withTranslation
import androidx.test.core.app.ApplicationProvider
import com.google.zxing.BinaryBitmap
import com.google.zxing.RGBLuminanceSource
import com.google.zxing.common.HybridBinarizer
import com.google.zxing.qrcode.QRCodeReader
import dev.stepup.core.DeviceRegistrationStatus
import dev.stepup.sample.presenter.Notice
import dev.stepup.sample.presenter.Progress
import dev.stepup.sample.presenter.SignInState
import dev.stepup.sample.presenter.StepUpSheet
import dev.stepup.sample.screen.ConfirmDeviceContent
import dev.stepup.sample.screen.DevicesActions
import dev.stepup.sample.screen.DevicesContent
import dev.stepup.sample.screen.HomeActions
import dev.stepup.sample.screen.HomeContent
import dev.stepup.sample.screen.RecoveryCodesActions
import dev.stepup.sample.screen.RecoveryCodesContent
import dev.stepup.sample.screen.SampleTheme
import dev.stepup.sample.screen.SheetActions
import dev.stepup.sample.screen.SheetFrame
import dev.stepup.sample.screen.SignInActions
import dev.stepup.sample.screen.SignInContent
import dev.stepup.sample.screen.TotpActions
import dev.stepup.sample.screen.TotpContent
import java.util.Locale
import java.util.TimeZone
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** The screens as they look. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = [35], qualifiers = "w384dp-h800dp-xhdpi")
internal class PicturesTest {
    @get:Rule
    val rule = createEmptyComposeRule()

    private val zone = TimeZone.getDefault()
    private val locale = Locale.getDefault()
    private lateinit var activity: ComponentActivity

    @Before
    fun sameForAll() {
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"))
        Locale.setDefault(Locale.US)
    }

    @After
    fun asBefore() {
        TimeZone.setDefault(zone)
        Locale.setDefault(locale)
    }

    private fun draw(
        isDark: Boolean = false,
        fontScale: Float = 1f,
        prepare: () -> Unit = {},
        content: @Composable () -> Unit,
    ): Bitmap {
        RuntimeEnvironment.setQualifiers(if (isDark) "+night" else "+notnight")
        RuntimeEnvironment.setFontScale(fontScale)
        val name = ComponentName(ApplicationProvider.getApplicationContext(), ComponentActivity::class.java)
        shadowOf(ApplicationProvider.getApplicationContext<android.app.Application>().packageManager)
            .addActivityIfNotPresent(name)
        activity = Robolectric.buildActivity(ComponentActivity::class.java).setup().get()
        activity.setContent {
            SampleTheme { Surface(color = MaterialTheme.colorScheme.background) { content() } }
        }
        rule.waitForIdle()
        prepare()
        rule.waitForIdle()
        return screen()
    }

    /** All windows, one over the other. */
    private fun screen(): Bitmap {
        val window = activity.window.decorView
        val picture = Bitmap.createBitmap(window.width, window.height, Bitmap.Config.ARGB_8888)
        val canvas = Canvas(picture)
        rule.runOnUiThread {
            window.draw(canvas)
            val views = rule.onAllNodes(isRoot()).fetchSemanticsNodes(atLeastOneRootRequired = true)
                .map { it.root as RootForTest }
                .map { (it as ViewRootForTest).view.rootView }
            for (view in views.filter { it !== window }.distinct()) {
                // A sheet is as large as the screen and dims it by itself; for a dialog the system does.
                if (view.height < window.height) canvas.drawColor(Color.argb(DIM, 0, 0, 0))
                val (left, top) = (window.width - view.width) / 2f to (window.height - view.height) / 2f
                canvas.withTranslation(left, top) { view.draw(this) }
            }
        }
        return picture
    }

    @Composable
    private fun Sheet(sheet: StepUpSheet) {
        HomeContent(Samples.home, Progress(isBusy = true), HomeActions(exportKeyByBackend = {}))
        SheetFrame(sheet, SheetActions())
    }

    private fun type(code: String): () -> Unit =
        { rule.onNode(hasTestTag("code")).performTextReplacement(code) }

    @Composable
    private fun SignIn() = SignInContent(SignInState.Start, Progress(), SignInActions())

    @Test
    fun `sign-in`() = Picture.compare("sign-in", draw { SignIn() })

    @Test
    fun `sign-in by night`() = Picture.compare("sign-in-dark", draw(isDark = true) { SignIn() })

    @Test
    fun `sign-in in large type`() = Picture.compare("sign-in-large", draw(fontScale = LARGE) { SignIn() })

    @Test
    fun `home with a duty`() = Picture.compare(
        "home",
        draw { HomeContent(Samples.home, Progress(notice = Notice.EXPORTED), HomeActions(linkWallet = {})) },
    )

    @Test
    fun `the choice of a method`() = Picture.compare("chooser", draw { Sheet(Samples.choosing) })

    @Test
    fun `the choice of a method by night`() =
        Picture.compare("chooser-dark", draw(isDark = true) { Sheet(Samples.choosing) })

    @Test
    fun `a wrong code`() =
        Picture.compare("code-wrong", draw(prepare = type("493012")) { Sheet(Samples.wrongCode) })

    @Test
    fun `a wrong code in large type`() = Picture.compare(
        "code-wrong-large",
        draw(fontScale = LARGE, prepare = type("493012")) { Sheet(Samples.wrongCode) },
    )

    @Test
    fun `waiting for a passkey`() =
        Picture.compare("passkey-waiting", draw(isDark = true) { Sheet(Samples.waiting) })

    @Test
    fun `trusted devices`() = Picture.compare(
        "trusted-devices",
        draw { DevicesContent(Samples.devices, Progress(), DevicesActions()) },
    )

    @Test
    fun `the question before a revocation, by night`() = Picture.compare(
        "revoke-device",
        draw(isDark = true) { DevicesContent(Samples.revocation, Progress(), DevicesActions()) },
    )

    @Test
    fun `an authenticator app`() {
        val picture = draw { TotpContent(Samples.totp, Progress(), TotpActions()) }
        Picture.compare("totp", picture)
        assertEquals("it can be scanned", Samples.OTPAUTH_URI, scan(picture))
    }

    @Test
    fun `an authenticator app by night, scanned`() {
        val picture = draw(isDark = true) { TotpContent(Samples.totp, Progress(), TotpActions()) }
        assertEquals(Samples.OTPAUTH_URI, scan(picture))
    }

    @Test
    fun `recovery codes by night`() = Picture.compare(
        "recovery-codes",
        draw(isDark = true) { RecoveryCodesContent(Samples.codes, Progress(), RecoveryCodesActions()) },
    )

    @Test
    fun `a device that has to be confirmed`() = Picture.compare(
        "confirm-device",
        draw {
            ConfirmDeviceContent(
                DeviceRegistrationStatus.AwaitingLink("a•••@example.com"),
                Progress(notice = Notice.LINK_USED),
                {},
                {},
            )
        },
    )

    private fun scan(picture: Bitmap): String {
        val pixels = IntArray(picture.width * picture.height)
        picture.getPixels(pixels, 0, picture.width, 0, 0, picture.width, picture.height)
        val seen = RGBLuminanceSource(picture.width, picture.height, pixels)
        return QRCodeReader().decode(BinaryBitmap(HybridBinarizer(seen))).text
    }

    private companion object {
        const val LARGE = 2f
        const val DIM = 150
    }
}
