package dev.stepup.shrunk

import dev.stepup.StepUpClient
import dev.stepup.StepUpFlow
import dev.stepup.core.ClientConfig
import dev.stepup.core.CodeRefusal
import dev.stepup.core.Platform
import dev.stepup.core.StepUpException
import dev.stepup.core.StepUpFlowState
import dev.stepup.core.TokenScope
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking

internal const val EMAIL = "ada@example.com"

/** An app that uses every kind of call across the border, and says which have worked, a line for each. */
internal class App(private val mailbox: Mailbox, config: ClientConfig) {
    private val storage = AppStorage()
    private val passkeys = AppPasskeys()
    private val client = StepUpClient(config, Platform(storage, AppKeys(), passkeys))
    private val auth = client.auth
    private val stepUp = client.stepUp

    suspend fun run() {
        signIn()
        stepUpByFlow()
        failInTheCore()
        failInACallback()
        cancel()
        client.close()
    }

    /** Asynchronous calls, records, and callbacks that are asynchronous themselves. */
    private suspend fun signIn() {
        auth.sendEmailOtp(EMAIL)
        auth.signInWithOtp(mailbox.code(EMAIL))
        check(storage.holdsSomething && auth.sessions.first { it != null } == auth.session())
        println("signed in")
    }

    /** Sealed classes of both directions, and a listener behind a flow. */
    private suspend fun stepUpByFlow() {
        val headers = stepUp.withStepUp(TokenScope.WALLET_EXPORT, present = { show(it) }) {
            stepUp.authorizationHeaders(TokenScope.WALLET_EXPORT)
        }
        check(headers.size == 2)
        println("stepped up")
    }

    private suspend fun show(flow: StepUpFlow) = flow.states.collect { state ->
        if (state is StepUpFlowState.AwaitingCode) flow.submit(mailbox.code(EMAIL))
    }

    private suspend fun failInTheCore() {
        stepUp.sendOtp()
        try {
            stepUp.verifyOtp("12 34", listOf(TokenScope.WALLET_SIGN))
        } catch (refused: StepUpException.InvalidCode) {
            check(refused.reason == CodeRefusal.MALFORMED)
            println("refused")
        }
    }

    private suspend fun failInACallback() {
        passkeys.sheet = { error("no sheet can be shown") }
        try {
            auth.signInWithPasskey()
        } catch (failed: StepUpException.CallbackFailed) {
            println("failed")
        }
    }

    /** From a coroutine into the core, and from there into the callback that it was waiting for. */
    private suspend fun cancel() = coroutineScope {
        val (isShown, isGone) = List(2) { CompletableDeferred<Unit>() }
        passkeys.sheet = {
            try {
                isShown.complete(Unit)
                awaitCancellation()
            } finally {
                isGone.complete(Unit)
            }
        }
        val call = async(Dispatchers.Default) { auth.signInWithPasskey() }
        isShown.await()
        call.cancelAndJoin()
        isGone.await()
        println("cancelled")
    }

    companion object {
        @JvmStatic
        fun main(arguments: Array<String>) {
            val (url, baseUrl, environmentId) = arguments
            val config = ClientConfig(environmentId, baseUrl, allowInsecureLoopback = true)
            runBlocking { App(Mailbox(url), config).run() }
        }
    }
}
