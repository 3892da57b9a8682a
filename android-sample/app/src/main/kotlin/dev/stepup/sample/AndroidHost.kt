package dev.stepup.sample

import android.content.Context
import android.content.pm.ApplicationInfo
import androidx.core.content.edit
import dev.stepup.StepUpClient
import dev.stepup.android.LogcatSink
import dev.stepup.android.StepUp
import dev.stepup.core.ClientConfig
import dev.stepup.core.LogRecord
import dev.stepup.core.LogSink
import dev.stepup.core.RedirectOutcome
import dev.stepup.sample.development.developmentTools
import dev.stepup.sample.presenter.DevelopmentTools
import dev.stepup.sample.presenter.Host
import dev.stepup.sample.presenter.LogPresenter
import dev.stepup.sample.presenter.Settings
import dev.stepup.sample.presenter.SettingsStore
import kotlinx.coroutines.flow.Flow

/** The phone: its keystore, its files, its passkeys and its browser, all by [StepUp.android]. */
class AndroidHost(private val context: Context) : Host {
    override val redirects: Flow<Result<RedirectOutcome>> get() = StepUp.redirects

    override val isDebug: Boolean
        get() = context.applicationInfo.flags and ApplicationInfo.FLAG_DEBUGGABLE != 0

    override val store: SettingsStore = PreferencesStore(context, if (isDebug) SANDBOX else "")

    override fun tools(settings: Settings): DevelopmentTools? = developmentTools(settings)

    override fun client(settings: Settings, log: LogPresenter, tools: DevelopmentTools?): StepUpClient =
        StepUp.android(context) {
            logSink = Both(LogcatSink(), log)
            tools?.let {
                passkeys = it.passkeys
                walletSigner = it.walletSigner
            }
            if (isDebug && settings.isLoopback) atSandbox(settings) else atVendor(settings)
        }

    /** An app of one's own has one environment, and names it here. */
    private fun atVendor(settings: Settings) = ClientConfig(
        environmentId = settings.environmentId,
        baseUrl = settings.baseUrl.ifBlank { null },
        appOrigin = context.getString(R.string.app_origin),
        appLinks = listOf(context.getString(R.string.app_origin)),
        oauthRedirectUrl = context.getString(R.string.app_origin) + "/oauth",
    )

    /** No server vouches for links to an app under development: the browser comes back by a scheme. */
    private fun atSandbox(settings: Settings) = ClientConfig(
        environmentId = settings.environmentId,
        baseUrl = settings.baseUrl,
        appOrigin = "http://localhost",
        appLinks = listOf("http://localhost"),
        oauthRedirectUrl = "dev.stepup.sample:/oauth",
        allowCustomSchemes = true,
        allowInsecureLoopback = true,
    )

    private companion object {
        /** Where `adb reverse tcp:4040 tcp:4040` leads to a sandbox that listens there. */
        const val SANDBOX = "http://127.0.0.1:4040/api/v0"
    }

    private class Both(private val one: LogSink, private val other: LogSink) : LogSink {
        override suspend fun log(record: LogRecord) {
            one.log(record)
            other.log(record)
        }
    }
}

/** Nothing of the settings is secret. */
private class PreferencesStore(context: Context, private val address: String) : SettingsStore {
    private val preferences = context.getSharedPreferences("settings", Context.MODE_PRIVATE)

    override fun load() = Settings(
        environmentId = preferences.getString(ENVIRONMENT, null).orEmpty(),
        baseUrl = preferences.getString(BASE_URL, null) ?: address,
    )

    override fun save(settings: Settings) = preferences.edit {
        putString(ENVIRONMENT, settings.environmentId)
        putString(BASE_URL, settings.baseUrl)
    }

    private companion object {
        const val ENVIRONMENT = "environmentId"
        const val BASE_URL = "baseUrl"
    }
}
