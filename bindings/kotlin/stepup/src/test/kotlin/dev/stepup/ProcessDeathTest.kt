package dev.stepup

import dev.stepup.calls.REGISTRATION
import dev.stepup.calls.SOCIAL
import dev.stepup.calls.devices
import dev.stepup.calls.signInWithGoogle
import dev.stepup.core.DeviceRegistrationStatus
import dev.stepup.core.OnboardingDuty
import dev.stepup.core.Platform
import dev.stepup.core.RedirectOutcome
import dev.stepup.core.StepUpException
import dev.stepup.core.StepUpFlowState.AwaitingCode
import dev.stepup.core.StepUpFlowState.Granted
import dev.stepup.core.TokenScope
import dev.stepup.support.Act
import dev.stepup.support.EMAIL
import dev.stepup.support.FileKeys
import dev.stepup.support.FileStorage
import dev.stepup.support.OtherProcess
import dev.stepup.support.SandboxTest
import dev.stepup.support.Screen
import dev.stepup.support.World
import dev.stepup.support.failure
import java.nio.file.Path
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** A process is killed without a warning; another one goes on with what it has left on the disk. */
internal class ProcessDeathTest : SandboxTest() {
    private val export = listOf(TokenScope.WALLET_EXPORT)

    @TempDir
    lateinit var directory: Path

    private fun filePlatform() = Platform(FileStorage(directory), FileKeys(directory))

    /** This process takes over. */
    private fun World.comeBack() = restart(filePlatform())

    /** Another process does this and is killed at the moment at which it says so: what it says. */
    private fun World.killedWhen(act: Act, code: (() -> String)? = null): String =
        OtherProcess(act, this, directory).use { process ->
            if (code != null) {
                assertEquals("code", process.says())
                process.answer(code())
            }
            process.says()
        }

    private fun World.killedWhenSignedIn() = killedWhen(Act.SIGN_IN) { sandbox.code(EMAIL) }

    @Test
    fun `what a call has answered is on the disk`() = inWorld {
        killedWhenSignedIn()
        killedWhen(Act.VERIFY) { sandbox.code(EMAIL) }
        comeBack()
        client.restore()
        assertEquals(EMAIL, auth.session()?.user?.email)
        assertEquals(listOf(TokenScope.CREDENTIAL_LINK), stepUp.elevations().single().scopes)
        auth.refresh()
        verifyByEmail()
        assertEquals(200, proceed())
    }

    @Test
    fun `a code that the sign-in waits for`() = inWorld {
        assertEquals("code", killedWhen(Act.SIGN_IN))
        comeBack()
        val sent = checkNotNull(auth.pendingOtp()) { "there is none" }
        assertEquals("a•••@example.com", sent.maskedDestination)
        auth.signInWithOtp(sandbox.code(EMAIL))
        assertEquals(null, auth.pendingOtp())
        assertEquals(1, sandbox.arrived("emailVerifications/create"), "no other code was sent")
    }

    @Test
    fun `a code that is awaited`() = inWorld {
        killedWhenSignedIn()
        killedWhen(Act.AWAIT_CODE)
        comeBack()
        Screen(checkNotNull(stepUp.pendingFlow()) { "there is none" }).use { screen ->
            assertEquals("a•••@example.com", screen.await<AwaitingCode>().prompt.maskedDestination)
            assertEquals(export, screen.flow.scopes())
            screen.flow.submit(sandbox.code(EMAIL))
            screen.await<Granted>()
        }
        assertEquals(2, sandbox.arrived("emailVerifications/create"), "to sign in and for the flow, no other")
        assertEquals(200, proceed())
        assertEquals(null, stepUp.pendingFlow())
    }

    @Test
    fun `a browser that is open`() = inWorld(SOCIAL) {
        restart(Platform(FileStorage(directory), FileKeys(directory), oauthBrowser = browser))
        signInWithGoogle()
        client.close()
        val redirect = sandbox.approve(killedWhen(Act.AWAIT_BROWSER), "ada")
        comeBack()
        val ended = auth.handleRedirect(redirect) as RedirectOutcome.Elevated
        assertEquals(export, ended.elevation.scopes)
        assertEquals(200, proceed())
        assertSame(RedirectOutcome.NotOurs, auth.handleRedirect(redirect), "it serves once")
    }

    @Test
    fun `a device that waits for its link, beside one that is registered`() = inWorld(REGISTRATION) {
        StepUpClient(config.copy(storageNamespace = "first"), platform()).use { first ->
            first.auth.sendEmailOtp(EMAIL)
            first.auth.signInWithOtp(sandbox.code(EMAIL))
            killedWhenSignedIn()
            comeBack()
            isRegisteredAndRevoked(first)
        }
    }

    /** This device is, by the one that is registered already. */
    private suspend fun World.isRegisteredAndRevoked(first: StepUpClient) {
        client.restore()
        assertEquals(listOf(OnboardingDuty.REGISTER_DEVICE), auth.session()?.duties)
        assertEquals(DeviceRegistrationStatus.AwaitingLink("a•••@example.com"), client.devices.status())
        assertEquals(emptyList<OnboardingDuty>(), first.auth.session()?.duties, "the first one has no duty")
        failure<StepUpException.DeviceRegistrationRequired> { stepUp.sendOtp() }

        client.devices.complete(sandbox.registrationLink(EMAIL))
        assertSame(DeviceRegistrationStatus.NotRequired, client.devices.status())
        stepUp.sendOtp()
        val (own, other) = first.devices.list().partition { it.isCurrent }
        assertEquals(1 to 1, own.size to other.size)

        first.devices.revoke(other.single().id)
        failure<StepUpException.NotSignedIn> { auth.refresh() }
        assertEquals(null, auth.session())
        assertEquals(own.map { it.id }, first.devices.list().map { it.id }, "the first one stays")
    }
}
