package dev.stepup.snippets

import dev.stepup.StepUpClient
import dev.stepup.StepUpFlow
import dev.stepup.core.ClientConfig
import dev.stepup.core.CodePrompt
import dev.stepup.core.DeviceKeys
import dev.stepup.core.HttpHeader
import dev.stepup.core.PasskeyProvider
import dev.stepup.core.Platform
import dev.stepup.core.SecureStorage
import dev.stepup.core.StepUpException
import dev.stepup.core.StepUpFlowState
import dev.stepup.core.StepUpOption
import dev.stepup.core.TokenScope
import dev.stepup.deadlines
import kotlin.time.Duration.Companion.minutes

// The code of bindings/kotlin/README.md, word for word.

suspend fun exportWallet(client: StepUpClient, ask: suspend (sentTo: String) -> String): List<HttpHeader> {
    val stepUp = client.stepUp
    if (stepUp.check(TokenScope.WALLET_EXPORT).isRequired) {
        val sent = stepUp.sendOtp()
        val code = ask(sent.maskedDestination)
        stepUp.verifyOtp(code, listOf(TokenScope.WALLET_EXPORT), sent.id)
    }
    // To be added to the one request to your backend that exports the wallet.
    return stepUp.authorizationHeaders(TokenScope.WALLET_EXPORT)
}

fun stepUpClient(environmentId: String, storage: SecureStorage, keys: DeviceKeys, passkeys: PasskeyProvider) =
    StepUpClient(
        ClientConfig(environmentId, appName = "Example", deadlines = deadlines(passkey = 2.minutes)),
        Platform(storage, keys, passkeys),
    )

suspend fun export(
    client: StepUpClient,
    view: StepUpView,
    post: suspend (List<HttpHeader>) -> Answer,
): Answer {
    val (stepUp, scope) = client.stepUp to TokenScope.WALLET_EXPORT
    return stepUp.withStepUp(scope, present = { flow -> show(flow, view) }) {
        val headers = stepUp.authorizationHeaders(scope)
        val answer = post(headers)
        stepUp.ensureNotRefused(scope, headers, answer.status, answer.body)
        answer
    }
}

/** Shows a flow to its end. */
suspend fun show(flow: StepUpFlow, view: StepUpView) = flow.states.collect { state ->
    when (state) {
        is StepUpFlowState.Choosing -> view.choose(state.options, state.error) { flow.select(it.id) }
        is StepUpFlowState.AwaitingCode -> view.askForCode(state.prompt) { flow.submit(it) }
        // The system's sheet, the browser, the wallet or the server is at work; or the flow has ended.
        else -> view.showProgress(state)
    }
}

/** What the app draws. */
interface StepUpView {
    fun choose(options: List<StepUpOption>, error: StepUpException?, chosen: (StepUpOption) -> Unit)

    fun askForCode(prompt: CodePrompt, typed: (String) -> Unit)

    fun showProgress(state: StepUpFlowState)
}

/** What the app's HTTP client makes of an answer. */
class Answer(val status: Int, val body: ByteArray)
