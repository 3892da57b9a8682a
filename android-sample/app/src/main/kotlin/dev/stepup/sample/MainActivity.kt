package dev.stepup.sample

import android.content.Intent
import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.activity.viewModels
import dev.stepup.sample.screen.SampleApp
import dev.stepup.sample.screen.SampleTheme

/** The only activity of the app: it draws the screens, and is opened by the links that confirm a device. */
class MainActivity : ComponentActivity() {
    private val app by viewModels<AppViewModel>()

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        enableEdgeToEdge()
        // Here and not with the first drawing: the client has to see that this activity comes to the front.
        val model = app.model
        setContent { SampleTheme { SampleApp(model) } }
        // After a rotation, and from the list of recent apps, it is the link of before.
        val isOld = intent.flags and Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY != 0
        if (savedInstanceState == null && !isOld) open(intent)
    }

    override fun onStart() {
        super.onStart()
        app.model.resume()
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        open(intent)
    }

    private fun open(intent: Intent) {
        intent.dataString?.let { app.model.openLink(it) }
    }
}
