package dev.stepup

import dev.stepup.core.DeviceRegistrationStatus
import dev.stepup.core.TokenScope
import dev.stepup.core.uniffiForeignFutureHandleCount
import dev.stepup.support.ProcessFigures
import dev.stepup.support.SandboxTest
import dev.stepup.support.World
import dev.stepup.support.eventually
import kotlinx.coroutines.flow.first
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.condition.EnabledOnOs
import org.junit.jupiter.api.condition.OS

private const val WARM_UP = 1_000
private const val CYCLES = 1_000

/** Compilers and allocators keep some of what they once had: 4 KiB per cycle would be found. */
private const val TOLERATED_KIB = 4L * CYCLES

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
        val figures = "before $before, after $after".also(::println)
        assertTrue(after.residentKiB - before.residentKiB < TOLERATED_KIB, figures)
        assertTrue(after.heapKiB - before.heapKiB < TOLERATED_KIB, figures)
        assertTrue(after.threads - before.threads <= TOLERATED_THREADS, figures)
        eventually("every callback has been let go") { uniffiForeignFutureHandleCount() == 0 }
    }

    /** Reads the session from the storage and asks the server with it. */
    private suspend fun World.cycle() {
        restart()
        assertTrue(client.stepUp.check(TokenScope.WALLET_EXPORT).isConfirmed)
        assertFalse(client.stepUp.states.value.isLoading)
        assertTrue(client.stepUp.heldElevations.value.isEmpty())
        assertEquals(DeviceRegistrationStatus.NotRequired, client.deviceRegistration.statuses.value)
        client.auth.sessions.first { it != null }
    }
}
