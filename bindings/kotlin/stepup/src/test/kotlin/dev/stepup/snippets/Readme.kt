package dev.stepup.snippets

import dev.stepup.TokenScopes
import dev.stepup.core.ClientConfig
import dev.stepup.core.DeviceKeys
import dev.stepup.core.HttpHeader
import dev.stepup.core.PasskeyProvider
import dev.stepup.core.SecureStorage
import dev.stepup.core.StepUpClient
import dev.stepup.safePlatform

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
