package dev.stepup

import dev.stepup.core.TokenScope
import dev.stepup.support.repositoryFile
import kotlin.reflect.full.declaredMemberProperties
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** What is written here a second time is what the library has. */
internal class TokenScopeTest {
    @Test
    fun `the constants are those of the library`() {
        val declaration = Regex("""pub const (\w+): Self = Self::constant\("([^"]+)"\);""")
        val library = declaration.findAll(repositoryFile("src/scope.rs"))
            .associate { it.groupValues[1] to it.groupValues[2] }
        val here = TokenScope.Companion::class.declaredMemberProperties
            .associate { it.name to it.get(TokenScope).toString() }
        assertEquals(library, here)
    }

    @Test
    fun `the guard knows the deadlines of the library`() {
        val default = Regex("""positive\("deadlines\.(\w+)", [\w.]+, (\d+)\)""")
        val library = default.findAll(repositoryFile("src/config/validated.rs"))
            .associate { it.groupValues[1] to it.groupValues[2].toLong() }
        val here = mapOf(
            "storage" to STORAGE_DEADLINE.seconds,
            "keys" to KEYS_DEADLINE.seconds,
            "passkey" to PASSKEY_DEADLINE.seconds,
            "browser" to BROWSER_DEADLINE.seconds,
            "wallet" to WALLET_DEADLINE.seconds,
            "captcha" to CAPTCHA_DEADLINE.seconds,
        )
        assertEquals(library, here)
        val log = "SINK_DEADLINE: Duration = Duration::from_secs(${LOG_DEADLINE.seconds});"
        assertEquals(true, log in repositoryFile("src/log.rs"))
    }
}
