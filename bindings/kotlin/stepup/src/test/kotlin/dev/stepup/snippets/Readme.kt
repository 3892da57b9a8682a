package dev.stepup.snippets

import dev.stepup.TokenScopes
import dev.stepup.core.ClientConfig
import dev.stepup.core.CodePrompt
import dev.stepup.core.DeviceKeys
import dev.stepup.core.HttpHeader
import dev.stepup.core.PasskeyProvider
import dev.stepup.core.SecureStorage
import dev.stepup.core.StepUpClient
import dev.stepup.core.StepUpException
import dev.stepup.core.StepUpFlow
import dev.stepup.core.StepUpFlowListener
import dev.stepup.core.StepUpFlowState
import dev.stepup.core.StepUpOption
import dev.stepup.safeListener
import dev.stepup.safePlatform
import dev.stepup.withStepUp
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.awaitCancellation

// The code of bindings/kotlin/README.md, word for word.

suspend fun exportWallet(client: StepUpClient, ask: suspend (sentTo: String) -> String): List<HttpHeader> {
    val stepUp = client.stepUp()
    if (stepUp.check(TokenScopes.WALLET_EXPORT).isRequired) {
        val sent = stepUp.sendOtp()
        val code = ask(sent.maskedDestination)
        stepUp.verifyOtp(code, listOf(TokenScopes.WALLET_EXPORT), sent.id)
    }
    // To be added to the one request to your backend that exports the wallet.
    return stepUp.authorizationHeaders(TokenScopes.WALLET_EXPORT)
}

fun stepUpClient(environmentId: String, storage: SecureStorage, keys: DeviceKeys, passkeys: PasskeyProvider) =
    StepUpClient(ClientConfig(environmentId), safePlatform(storage, keys, passkeys))

suspend fun export(client: StepUpClient, view: StepUpView, ui: CoroutineDispatcher): List<HttpHeader> {
    val stepUp = client.stepUp()
    return stepUp.withStepUp(TokenScopes.WALLET_EXPORT, present = { flow -> show(flow, view, ui) }) {
        stepUp.authorizationHeaders(TokenScopes.WALLET_EXPORT)
    }
}

/** Shows a flow until the coroutine is cancelled, as `withStepUp` does at the end of the flow. */
suspend fun show(flow: StepUpFlow, view: StepUpView, ui: CoroutineDispatcher) {
    val listener = object : StepUpFlowListener {
        override suspend fun stateChanged(state: StepUpFlowState) = when (state) {
            is StepUpFlowState.Choosing -> view.choose(state.options, state.error) { flow.select(it.id) }
            is StepUpFlowState.AwaitingCode -> view.askForCode(state.prompt) { flow.submit(it) }
            // The system's sheet, the browser, the wallet or the server is at work; or the flow has ended.
            else -> view.showProgress(state)
        }
    }
    flow.subscribe(safeListener(listener, dispatcher = ui)).use { awaitCancellation() }
}

/** What the app draws. */
interface StepUpView {
    fun choose(options: List<StepUpOption>, error: StepUpException?, chosen: (StepUpOption) -> Unit)

    fun askForCode(prompt: CodePrompt, typed: (String) -> Unit)

    fun showProgress(state: StepUpFlowState)
}
