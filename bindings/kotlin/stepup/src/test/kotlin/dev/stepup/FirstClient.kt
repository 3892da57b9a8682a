package dev.stepup

import com.sun.jna.Native
import dev.stepup.core.ClientConfig
import dev.stepup.core.Platform
import dev.stepup.support.TestKeys
import dev.stepup.support.TestStorage
import dev.stepup.support.jvm

private const val RUNS = 9

/** An app that starts. For [SpeedBench]. */
internal object FirstClient {
    /** Says how many milliseconds pass from the beginning of an app's `main` until it can ask its client. */
    @JvmStatic
    fun main(arguments: Array<String>) {
        val started = System.nanoTime()
        val config = ClientConfig("2762a57b-faa4-41ce-9f16-abff9300e2c9")
        StepUpClient(config, Platform(TestStorage(), TestKeys())).use { client ->
            check(client.stepUp.elevations().isEmpty())
            println((System.nanoTime() - started) / 1e6)
        }
    }

    /** The median of several, each in a JVM of its own. */
    fun millis(): Double = median(FirstClient::class.java.name)
}

/** What of that is JNA's: it begins, and binds one function of the C library. For [SpeedBench]. */
internal object FirstFunction {
    private external fun getpid(): Int

    @JvmStatic
    fun main(arguments: Array<String>) {
        val started = System.nanoTime()
        Native.register(FirstFunction::class.java, "c")
        check(getpid() > 0)
        println((System.nanoTime() - started) / 1e6)
    }

    /** The median of several, each in a JVM of its own. */
    fun millis(): Double = median(FirstFunction::class.java.name)
}

private fun median(main: String): Double =
    (1..RUNS).map { jvm(main).start().inputReader().readText().trim().toDouble() }.sorted()[RUNS / 2]
