package dev.stepup.support

import dev.stepup.StepUpClient
import dev.stepup.core.BrowserRequest
import dev.stepup.core.ClientConfig
import dev.stepup.core.OAuthBrowser
import dev.stepup.core.Platform
import dev.stepup.core.StepUpFlowState.AwaitingCode
import dev.stepup.core.TokenScope
import java.nio.file.Path
import kotlin.io.path.createDirectories
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.runBlocking

/** A JVM with the class path and the native library of this one, unless the options say otherwise. */
internal fun jvm(
    main: String,
    arguments: List<String> = emptyList(),
    options: List<String> = emptyList(),
): ProcessBuilder = ProcessBuilder(
    listOf(Path.of(System.getProperty("java.home"), "bin", "java").toString()) +
        System.getProperties().filterKeys { "$it".startsWith("jna.") || "$it".startsWith("uniffi.") }
            .map { (name, value) -> "-D$name=$value" } +
        listOf("-cp", System.getProperty("java.class.path")) + options + main + arguments,
).redirectError(ProcessBuilder.Redirect.INHERIT)

/** What the app does in a process of its own, until that is killed. */
internal enum class Act { SIGN_IN, VERIFY, AWAIT_CODE, AWAIT_BROWSER }

/** The app in a process of its own. It says what it has come to; closing it kills it without a warning. */
internal class OtherProcess(act: Act, world: World, directory: Path) : AutoCloseable {
    private val process = jvm(
        OtherProcess::class.java.name,
        listOf(act.name, "$directory", world.config.environmentId, world.config.baseUrl!!),
    ).start()

    private val said = process.inputReader()

    fun says(): String = checkNotNull(said.readLine()) { "it has ended by itself: ${process.waitFor()}" }

    fun answer(line: String) = process.outputWriter().run {
        write("$line\n")
        flush()
    }

    override fun close() {
        process.destroyForcibly().waitFor()
    }

    companion object {
        @JvmStatic
        fun main(arguments: Array<String>) {
            val (act, directory, environmentId, baseUrl) = arguments
            runBlocking { OtherApp(Path.of(directory), environmentId, baseUrl).perform(Act.valueOf(act)) }
        }
    }
}

private class OtherApp(directory: Path, environmentId: String, baseUrl: String) {
    private val storage = FileStorage(directory.createDirectories())

    private val browser = object : OAuthBrowser {
        override suspend fun open(request: BrowserRequest): String {
            say(request.url)
            awaitCancellation()
        }
    }
    private val config = ClientConfig(
        environmentId = environmentId,
        baseUrl = baseUrl,
        appOrigin = "http://localhost",
        appLinks = listOf("http://localhost"),
        oauthRedirectUrl = "https://app.example/oauth",
        allowInsecureLoopback = true,
    )
    private val client = StepUpClient(config, Platform(storage, FileKeys(directory), oauthBrowser = browser))
    private val auth = client.auth
    private val stepUp = client.stepUp
    private val export = listOf(TokenScope.WALLET_EXPORT)

    suspend fun perform(act: Act) {
        when (act) {
            Act.SIGN_IN -> {
                auth.sendEmailOtp(EMAIL)
                auth.signInWithOtp(codeAskedFor())
            }
            Act.VERIFY -> {
                stepUp.sendOtp()
                stepUp.verifyOtp(codeAskedFor(), listOf(TokenScope.CREDENTIAL_LINK))
            }
            Act.AWAIT_CODE -> {
                Screen(stepUp.start(export)).await<AwaitingCode>()
                eventually("it is written down") { storage.keys.any { "browser" in it } }
            }
            Act.AWAIT_BROWSER -> stepUp.start(export)
        }
        if (act != Act.AWAIT_BROWSER) say("done")
        awaitCancellation()
    }

    private fun codeAskedFor(): String {
        say("code")
        return readln()
    }

    private fun say(what: String) = println(what)
}
