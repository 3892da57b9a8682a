package dev.stepup

import dev.stepup.core.CodePrompt
import dev.stepup.core.PlatformException
import dev.stepup.core.StepUpException
import dev.stepup.core.StepUpFlowState
import dev.stepup.core.StepUpMethod
import dev.stepup.core.StepUpOption
import dev.stepup.core.TokenScope
import dev.stepup.snippets.Answer
import dev.stepup.snippets.StepUpView
import dev.stepup.snippets.export
import dev.stepup.snippets.exportWallet
import dev.stepup.snippets.stepUpClient
import dev.stepup.support.EMAIL
import dev.stepup.support.SandboxTest
import dev.stepup.support.failure
import dev.stepup.support.repositoryFile
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private const val SNIPPETS = "bindings/kotlin/stepup/src/test/kotlin/dev/stepup/snippets/Readme.kt"
private const val FIRST_RUN = "bindings/kotlin/consumer/src/main/kotlin/com/example/wallet/FirstRun.kt"

/** What the README shows compiles and does what it says. */
internal class ReadmeTest : SandboxTest() {
    @Test
    fun `the README shows the code that is compiled here`() {
        val readme = repositoryFile("bindings/kotlin/README.md")
        val block = Regex("```kotlin\n(.*?)```", RegexOption.DOT_MATCHES_ALL)
        val shown = block.findAll(readme).map { it.groupValues[1] }.toList()
        assertEquals(4, shown.size)
        val compiled = listOf(SNIPPETS, FIRST_RUN).map(::repositoryFile)
        for (snippet in shown) assertTrue(compiled.any { snippet in it }, snippet)
    }

    @Test
    fun `check, verify, proceed as in the README`() = inWorld {
        signIn()
        var sentTo = ""
        val headers = exportWallet(client) { destination ->
            sentTo = destination
            sandbox.code(EMAIL)
        }
        assertEquals("a•••@example.com", sentTo)
        val status = sandbox.protected(TokenScope.WALLET_EXPORT, headers)
        assertEquals(200, status)
    }

    @Test
    fun `a screen as in the README`() = inWorld {
        val totp = signInAndEnrollTotp()
        client.mfa.passkeys.register()
        val user = object : StepUpView {
            val seen = mutableListOf<StepUpFlowState>()

            override fun choose(
                options: List<StepUpOption>,
                error: StepUpException?,
                chosen: (StepUpOption) -> Unit,
            ) = chosen(options.single { it.method == StepUpMethod.Totp })

            override fun askForCode(prompt: CodePrompt, typed: (String) -> Unit) = typed(code(totp))

            override fun showProgress(state: StepUpFlowState) {
                seen += state
            }
        }
        val answer = export(client, user) { headers ->
            sandbox.backend(TokenScope.WALLET_EXPORT, headers).run { Answer(status, body.toByteArray()) }
        }
        assertEquals(200, answer.status)
        assertTrue(user.seen.isNotEmpty())
    }

    @Test
    fun `a client as in the README`() = inWorld {
        storage.before = { throw PlatformException.Locked() }
        val client = stepUpClient(sandbox.environmentId, storage, keys, passkeys)
        failure<StepUpException.StorageFailed> { client.restore() }
        client.close()
    }
}
