package dev.stepup

import dev.stepup.core.StepUpClient
import dev.stepup.core.uniffiForeignFutureHandleCount
import dev.stepup.support.ProcessFigures
import dev.stepup.support.SandboxTest
import dev.stepup.support.World
import dev.stepup.support.eventually
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.condition.EnabledOnOs
import org.junit.jupiter.api.condition.OS

private const val WARM_UP = 1_000
private const val CYCLES = 1_000

/** Collectors and allocators keep some of what they once had: 8 KiB per cycle would be found. */
private const val TOLERATED_KIB = 8L * 1_000

/** Pools of threads come and go by a few. */
private const val TOLERATED_THREADS = 4

/** Clients leave nothing behind. */
internal class CyclesTest : SandboxTest() {
    @Test
    @EnabledOnOs(OS.LINUX, disabledReason = "the figures are read from /proc")
    fun `a thousand clients leave neither memory nor threads behind`() = inWorld {
        signIn()
        repeat(WARM_UP) { cycle() }
        val before = ProcessFigures.read()
        repeat(CYCLES) { cycle() }
        val after = ProcessFigures.read()
        println("before $before, after $after")
        assertTrue(after.residentKiB - before.residentKiB < TOLERATED_KIB, "before $before, after $after")
        assertTrue(after.threads - before.threads <= TOLERATED_THREADS, "before $before, after $after")
        eventually("every callback has been let go") { uniffiForeignFutureHandleCount() == 0 }
    }

    /** Reads the session from the storage and asks the server with it. */
    private suspend fun World.cycle() {
        restart()
        val stepUp = client.stepUp()
        assertTrue(stepUp.check(TokenScopes.WALLET_EXPORT).isConfirmed)
        stepUp.close()
    }
}
