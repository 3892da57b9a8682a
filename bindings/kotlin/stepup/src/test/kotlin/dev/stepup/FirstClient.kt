package dev.stepup

import com.sun.jna.Native
import dev.stepup.core.ClientConfig
import dev.stepup.core.Platform
import dev.stepup.support.TestKeys
import dev.stepup.support.TestStorage
import dev.stepup.support.jvm
import java.io.File
import java.nio.file.Files
import java.nio.file.Path
import java.util.spi.ToolProvider

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
    fun millis(): Double = median(NAME)

    /** The same for an app that is started with class-data sharing, as the README tells. */
    fun sharedMillis(directory: Path): Double {
        val archive = directory.resolve("classes.jsa").also(Files::deleteIfExists)
        val classPath = listOf("-cp", jars(directory))
        val writing = classPath + listOf("-Xlog:disable", "-XX:ArchiveClassesAtExit=$archive")
        check(jvm(NAME, options = writing).start().apply { inputReader().readText() }.waitFor() == 0)
        return median(NAME, classPath + "-XX:SharedArchiveFile=$archive")
    }

    /** The class path with a jar for each directory: only what lies in jars is archived. */
    private fun jars(directory: Path): String {
        val tool = ToolProvider.findFirst("jar").orElseThrow()
        val entries = System.getProperty("java.class.path").split(File.pathSeparator)
        return entries.filter { it.isNotEmpty() }.mapIndexed { index, entry ->
            if (!Files.isDirectory(Path.of(entry))) return@mapIndexed entry
            val jar = "${directory.resolve("classes-$index.jar")}"
            check(tool.run(System.out, System.err, "--create", "--file", jar, "-C", entry, ".") == 0)
            jar
        }.joinToString(File.pathSeparator)
    }

    private val NAME = FirstClient::class.java.name
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

private fun median(main: String, options: List<String> = emptyList()): Double {
    val times = (1..RUNS).map {
        jvm(main, options = options).start().inputReader().readText().trim().toDouble()
    }
    return times.sorted()[RUNS / 2]
}
