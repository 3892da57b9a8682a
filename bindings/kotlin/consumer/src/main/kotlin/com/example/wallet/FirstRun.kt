package com.example.wallet

import dev.stepup.StepUpClient
import dev.stepup.core.ClientConfig
import dev.stepup.core.TokenScope
import dev.stepup.core.insecureInMemoryPlatform

/** Signs in with a mailed code; answers whether exporting a wallet needs a step-up. */
suspend fun firstRun(config: ClientConfig, email: String, code: () -> String): Boolean =
    StepUpClient(config, insecureInMemoryPlatform()).use { client ->
        client.auth.sendEmailOtp(email)
        client.auth.signInWithOtp(code())
        client.stepUp.check(TokenScope.WALLET_EXPORT).isRequired
    }
