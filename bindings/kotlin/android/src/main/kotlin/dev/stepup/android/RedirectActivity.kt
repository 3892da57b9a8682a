package dev.stepup.android

import android.app.Activity
import android.os.Bundle

/**
 * Takes the redirect that ends a visit to a browser. It is in the manifest of this library; the app's own
 * manifest adds the link that leads to it:
 *
 * ```xml
 * <activity android:name="dev.stepup.android.RedirectActivity" android:exported="true">
 *     <intent-filter android:autoVerify="true">
 *         <action android:name="android.intent.action.VIEW" />
 *         <category android:name="android.intent.category.DEFAULT" />
 *         <category android:name="android.intent.category.BROWSABLE" />
 *         <data android:scheme="https" android:host="app.example" android:path="/oauth" />
 *     </intent-filter>
 * </activity>
 * ```
 *
 * Nothing else calls it: whatever any app sends here is passed on only if it is what is waited for, and the
 * library judges it once more.
 */
public class RedirectActivity : Activity() {
    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        intent.data?.takeIf(BrowserVisits::isAwaited)?.let {
            startActivity(BrowserActivity.forRedirect(this, it))
        }
        finish()
    }
}
