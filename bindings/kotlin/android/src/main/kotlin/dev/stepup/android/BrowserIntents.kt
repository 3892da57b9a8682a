package dev.stepup.android

import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.net.Uri
import androidx.browser.customtabs.CustomTabsClient
import androidx.browser.customtabs.CustomTabsIntent

/**
 * Opens a page in a Custom Tab of the user's browser, else of another one that has them, else in any browser;
 * none if there is no browser. It always names the browser: an app that claims the page's address does not
 * get it.
 */
internal fun pageIntent(context: Context, page: Uri): Intent? {
    val browsers = browsers(context)
    val withTabs = CustomTabsClient.getPackageName(context, browsers)
    if (withTabs != null) {
        val tab = CustomTabsIntent.Builder().setShareState(CustomTabsIntent.SHARE_STATE_OFF).build().intent
        return tab.setPackage(withTabs).setData(page)
    }
    return browsers.firstOrNull()?.let { browsing(page).setPackage(it) }
}

/** The packages of apps that show any page, the user's own browser first. */
private fun browsers(context: Context): List<String> {
    // Whoever takes an address without a host takes every host.
    val anyPage = browsing(Uri.fromParts("https", "", null))
    val manager = context.packageManager
    val preferred = manager.resolveActivity(anyPage, PackageManager.MATCH_DEFAULT_ONLY)
    val packages = manager.queryIntentActivities(anyPage, PackageManager.MATCH_ALL)
        .map { it.activityInfo.packageName }
        .filter { it != context.packageName }
        .distinct()
    return packages.sortedByDescending { it == preferred?.activityInfo?.packageName }
}

private fun browsing(page: Uri) = Intent(Intent.ACTION_VIEW, page).addCategory(Intent.CATEGORY_BROWSABLE)
