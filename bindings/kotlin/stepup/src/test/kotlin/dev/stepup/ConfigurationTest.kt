package dev.stepup

import dev.stepup.core.ClientConfig
import dev.stepup.core.Deadlines
import dev.stepup.core.Limits
import dev.stepup.core.Platform
import dev.stepup.core.SignInOptions
import dev.stepup.core.StepUpException
import dev.stepup.support.Sandbox
import dev.stepup.support.TestKeys
import dev.stepup.support.TestStorage
import dev.stepup.support.World
import dev.stepup.support.failure
import java.time.Duration
import kotlin.reflect.KClass
import kotlin.reflect.KFunction
import kotlin.reflect.full.primaryConstructor
import kotlin.time.Duration.Companion.INFINITE
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private const val ENVIRONMENT = "2762a57b-faa4-41ce-9f16-abff9300e2c9"

/** A client is configured by names, and what is not named stays at its default. */
internal class ConfigurationTest {
    @Test
    fun `only what a client cannot be without must be given`() {
        val needed = mapOf(
            ClientConfig::class to listOf("environmentId"),
            Platform::class to listOf("storage", "deviceKeys"),
            Limits::class to listOf(),
            Deadlines::class to listOf(),
            SignInOptions::class to listOf(),
            CallbackDispatchers::class to listOf(),
        )
        for ((type, names) in needed) {
            val must = type.primaryConstructor!!.parameters.filterNot { it.isOptional }.map { it.name }
            assertEquals(names, must, "$type")
        }
    }

    @Test
    fun `the defaults make a client`() {
        StepUpClient(ClientConfig(ENVIRONMENT), Platform(TestStorage(), TestKeys())).close()
        val config = ClientConfig(ENVIRONMENT, limits = limits(), deadlines = deadlines())
        StepUpClient(config, Platform(TestStorage(), TestKeys())).close()
        assertEquals(Limits(), config.limits)
        assertEquals(Deadlines(), config.deadlines)
    }

    @Test
    fun `durations are Kotlin's`() {
        val second = Duration.ofSeconds(1)
        assertEquals(Limits(second, second.multipliedBy(2), 3u), limits(1.seconds, 2.seconds, 3u))
        val given = deadlines(1.seconds, 2.seconds, 3.seconds, 4.seconds, 5.seconds, 1500.milliseconds)
        val (storage, keys, passkey, browser, wallet) = List(5) { second.multipliedBy(it + 1L) }
        assertEquals(Deadlines(storage, keys, passkey, browser, wallet, Duration.ofMillis(1500)), given)
    }

    @Test
    fun `a duration that makes no sense is refused by its name`() {
        fun rows(given: kotlin.time.Duration) = mapOf(
            "limits.connect_timeout" to ClientConfig(ENVIRONMENT, limits = limits(connectTimeout = given)),
            "limits.request_timeout" to ClientConfig(ENVIRONMENT, limits = limits(requestTimeout = given)),
            "deadlines.storage" to ClientConfig(ENVIRONMENT, deadlines = deadlines(storage = given)),
            "deadlines.keys" to ClientConfig(ENVIRONMENT, deadlines = deadlines(keys = given)),
            "deadlines.passkey" to ClientConfig(ENVIRONMENT, deadlines = deadlines(passkey = given)),
            "deadlines.browser" to ClientConfig(ENVIRONMENT, deadlines = deadlines(browser = given)),
            "deadlines.wallet" to ClientConfig(ENVIRONMENT, deadlines = deadlines(wallet = given)),
            "deadlines.captcha" to ClientConfig(ENVIRONMENT, deadlines = deadlines(captcha = given)),
        )
        val senseless = listOf(INFINITE, -INFINITE, (-1).milliseconds, 0.seconds)
        Sandbox.start().use { sandbox ->
            // Each of the callbacks has its own deadline.
            val platform = World(sandbox, deadlines = null).use { it.platform(it.captcha) }
            for ((field, config) in senseless.flatMap { rows(it).toList() }) {
                val refused = failure<StepUpException.InvalidConfiguration> { StepUpClient(config, platform) }
                assertEquals(field, refused.field, "$config")
            }
        }
    }

    @Test
    fun `whatever can be limited can be limited in Kotlin's durations`() {
        val byLimits: KFunction<Limits> = ::limits
        val byDeadlines: KFunction<Deadlines> = ::deadlines
        val pairs: List<Pair<KClass<*>, KFunction<*>>> =
            listOf(Limits::class to byLimits, Deadlines::class to byDeadlines)
        for ((type, function) in pairs) {
            val fields = type.primaryConstructor!!.parameters.map { it.name }
            assertEquals(fields, function.parameters.map { it.name })
            assertTrue(function.parameters.all { it.isOptional })
        }
    }
}
