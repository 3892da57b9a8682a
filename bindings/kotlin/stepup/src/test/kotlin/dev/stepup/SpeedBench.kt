package dev.stepup

import dev.stepup.support.SandboxTest
import java.nio.file.Files
import java.nio.file.Path
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private const val LOCAL_CALLS = 50_000
private const val ASYNC_CALLS = 2_000
private const val ROUNDS = 5

/** What Kotlin adds to a call. Run by `cargo xtask bench` only: its name is not that of a test class. */
internal class SpeedBench : SandboxTest() {
    @Test
    fun `what a call costs`() = inWorld {
        signIn()
        verifyByEmail()
        // Once, as an app would: each asking for a sub-client makes an object of it.
        val (stepUp, auth) = client.stepUp() to client.auth()
        val local = (1..ROUNDS).minOf {
            val started = System.nanoTime()
            repeat(LOCAL_CALLS) {
                assertTrue(stepUp.hasElevatedAccessToken(TokenScopes.WALLET_EXPORT))
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
        val figures = """{"localMicros": $local, "asyncMicros": $asynchronous}"""
        Files.writeString(directory.resolve("kotlin.json"), figures)
    }
}
