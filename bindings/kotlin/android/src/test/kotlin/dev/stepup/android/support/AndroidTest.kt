package dev.stepup.android.support

import android.app.Application
import androidx.test.core.app.ApplicationProvider
import org.junit.Before
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** A test in an app of its own, on a keystore of its own. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
internal abstract class AndroidTest {
    protected val app: Application get() = ApplicationProvider.getApplicationContext()

    @Before
    fun startOver() = TestKeystore.install()
}
