package dev.stepup

import dev.stepup.core.StepUpFlowState
import dev.stepup.core.StepUpMethod
import dev.stepup.core.TokenScope
import dev.stepup.support.SandboxTest
import dev.stepup.support.World
import dev.stepup.support.option
import java.nio.file.Files
import java.nio.file.Path
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.produceIn
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private const val LOCAL_CALLS = 50_000
private const val ASYNC_CALLS = 2_000
private const val FLOW_CHANGES = 1_000
private const val ROUNDS = 5

/** What Kotlin adds to a call. Run by `cargo xtask bench` only: its name is not that of a test class. */
internal class SpeedBench : SandboxTest() {
    @Test
    fun `what a call costs`() = inWorld {
        signIn()
        verifyByEmail()
        val (stepUp, auth) = client.stepUp to client.auth
        val local = (1..ROUNDS).minOf {
            val started = System.nanoTime()
            repeat(LOCAL_CALLS) {
                assertTrue(stepUp.hasElevatedAccessToken(TokenScope.WALLET_EXPORT))
            }
            (System.nanoTime() - started) / 1e3 / LOCAL_CALLS
        }
        // The first half lets the compiler of the JVM see the code.
        val times = (1..2 * ASYNC_CALLS).map {
            val started = System.nanoTime()
            checkNotNull(auth.session())
            (System.nanoTime() - started) / 1e3
        }
        val asynchronous = times.drop(ASYNC_CALLS).sorted()[ASYNC_CALLS / 2]
        val directory = Files.createDirectories(Path.of(System.getProperty("stepup.root"), "target", "bench"))
        val calls = """"localMicros": $local, "asyncMicros": $asynchronous"""
        val shared = """"sharedFirstClientMillis": ${FirstClient.sharedMillis(directory)}"""
        val client = """"firstClientMillis": ${FirstClient.millis()}, $shared"""
        val function = """"firstFunctionMillis": ${FirstFunction.millis()}"""
        val figures = """{$calls, "listenerMicros": ${listenerMicros()}, $client, $function}"""
        Files.writeString(directory.resolve("kotlin.json"), figures)
    }

    /**
     * From the call that changes a flow's state to who collects its states: choosing an authenticator app,
     * going back.
     */
    private suspend fun World.listenerMicros(): Double {
        signInAndEnrollTotp()
        val flow = stepUp.start(listOf(TokenScope.WALLET_EXPORT), autoSelect = false)
        return coroutineScope {
            val states = flow.states.produceIn(this)
            var choosing = states.receive()
            while (choosing !is StepUpFlowState.Choosing) choosing = states.receive()
            val option = choosing.option(StepUpMethod.Totp)
            val times = (1..2 * FLOW_CHANGES).map { change ->
                val started = System.nanoTime()
                if (change % 2 == 1) flow.select(option.id) else flow.back()
                states.receive()
                (System.nanoTime() - started) / 1e3
            }
            flow.cancel()
            times.drop(FLOW_CHANGES).sorted()[FLOW_CHANGES / 2]
        }
    }
}
