package dev.stepup.android.snippets

import android.app.Application
import dev.stepup.StepUpClient
import dev.stepup.android.StepUp
import dev.stepup.android.test.R
import dev.stepup.core.ClientConfig
import dev.stepup.core.RedirectOutcome
import dev.stepup.core.StepUpException

// The code of README.md, word for word.

class ExampleApp : Application() {
    lateinit var stepUp: StepUpClient
        private set

    override fun onCreate() {
        super.onCreate()
        stepUp = StepUp.android(this) {
            ClientConfig(
                environmentId = getString(R.string.environment_id),
                appOrigin = "https://app.example",
                appLinks = listOf("https://app.example/registered"),
                oauthRedirectUrl = "https://app.example/oauth",
            )
        }
    }
}

suspend fun showRedirects(show: (RedirectOutcome) -> Unit, fail: (StepUpException) -> Unit) {
    StepUp.redirects.collect { result ->
        result.onSuccess(show).onFailure { if (it is StepUpException) fail(it) }
    }
}
