package com.example.wallet

import dev.stepup.StepUpClient
import dev.stepup.core.HttpHeader
import dev.stepup.core.TokenScope

/** What the request to the backend needs that exports the wallet; [ask] asks the user for a code. */
suspend fun exportWallet(client: StepUpClient, ask: suspend (sentTo: String) -> String): List<HttpHeader> {
    val stepUp = client.stepUp
    if (stepUp.check(TokenScope.WALLET_EXPORT).isRequired) {
        val sent = stepUp.sendOtp()
        val code = ask(sent.maskedDestination)
        stepUp.verifyOtp(code, listOf(TokenScope.WALLET_EXPORT), sent.id)
    }
    return stepUp.authorizationHeaders(TokenScope.WALLET_EXPORT)
}
