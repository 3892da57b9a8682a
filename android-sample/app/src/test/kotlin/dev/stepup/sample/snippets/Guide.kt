/** What `docs/guides/android.md` shows. */
package dev.stepup.sample.snippets

import androidx.compose.foundation.layout.Column
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import dev.stepup.StepUpClient
import dev.stepup.StepUpFlow
import dev.stepup.core.OnboardingDuty
import dev.stepup.core.StepUpException
import dev.stepup.core.StepUpFlowState
import dev.stepup.core.TokenScope
import dev.stepup.isFinal
import dev.stepup.okhttp.stepUp
import dev.stepup.okhttp.stepUpScope
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import okhttp3.HttpUrl
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody

suspend fun signIn(client: StepUpClient, email: String, typedCode: suspend () -> String) {
    client.auth.sendEmailOtp(email)
    client.auth.signInWithOtp(typedCode())
}

suspend fun confirmDevice(client: StepUpClient, link: String?) {
    val duties = client.auth.session()?.duties.orEmpty()
    if (link != null && OnboardingDuty.REGISTER_DEVICE in duties) client.deviceRegistration.complete(link)
}

/** What the screen shows above everything else; none if nothing is to be proven. */
val sheet = MutableStateFlow<StepUpFlow?>(null)

suspend fun present(flow: StepUpFlow) {
    sheet.value = flow
    try {
        awaitCancellation()
    } finally {
        sheet.value = null
    }
}

fun httpClient(client: StepUpClient): OkHttpClient = OkHttpClient.Builder()
    .stepUp(client.stepUp, hosts = setOf("api.example.com"), present = ::present)
    .build()

fun export(wallet: HttpUrl, body: RequestBody): Request =
    Request.Builder().url(wallet).post(body).stepUpScope(TokenScope.WALLET_EXPORT).build()

@Composable
fun StepUpSheet(flow: StepUpFlow) = Column {
    val state by flow.states.collectAsState(flow.state())
    when (val now = state) {
        is StepUpFlowState.Choosing -> now.options.forEach { option ->
            TextButton(onClick = { inTime { flow.select(option.id) } }) {
                Text(option.maskedLabel ?: "${option.method}")
            }
        }
        is StepUpFlowState.AwaitingCode -> {
            var code by remember { mutableStateOf("") }
            OutlinedTextField(code, { code = it }, isError = now.prompt.error != null)
            TextButton(onClick = { inTime { flow.submit(code) } }) { Text("Confirm") }
        }
        else -> CircularProgressIndicator()
    }
    TextButton(onClick = { flow.cancel() }) { Text("Cancel") }
}

/** A tap that comes too late changes nothing. */
private fun inTime(tap: () -> Unit) {
    try {
        tap()
    } catch (_: StepUpException.InvalidTransition) {
        return
    } catch (_: StepUpException.ClientClosed) {
        return
    }
}

suspend fun resume(client: StepUpClient) {
    client.restore()
    val flow = client.stepUp.pendingFlow() ?: return
    sheet.value = flow
    flow.states.first { it.isFinal }
    sheet.value = null
}
