package dev.stepup.android.support

import android.app.Application
import android.content.ComponentName
import android.content.Intent
import android.content.IntentFilter
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowPackageManager

/** Installs apps that show pages, in this order. */
internal class TestBrowsers(app: Application) {
    private val packages: ShadowPackageManager = shadowOf(app.packageManager)

    fun install(name: String, hasTabs: Boolean) {
        shows(name) {
            addDataScheme("http")
            addDataScheme("https")
        }
        if (hasTabs) {
            val service = ComponentName(name, "$name.Tabs")
            packages.addServiceIfNotPresent(service)
            packages.addIntentFilterForService(service, IntentFilter(CUSTOM_TABS))
        }
    }

    /** An app that claims the pages of one host. */
    fun installApp(name: String, host: String) = shows(name) {
        addDataScheme("https")
        addDataAuthority(host, null)
    }

    private fun shows(name: String, pages: IntentFilter.() -> Unit) {
        val activity = ComponentName(name, "$name.Main")
        packages.addActivityIfNotPresent(activity)
        val filter = IntentFilter(Intent.ACTION_VIEW).apply {
            addCategory(Intent.CATEGORY_BROWSABLE)
            addCategory(Intent.CATEGORY_DEFAULT)
            pages()
        }
        packages.addIntentFilterForActivity(activity, filter)
    }

    private companion object {
        const val CUSTOM_TABS = "android.support.customtabs.action.CustomTabsService"
    }
}
