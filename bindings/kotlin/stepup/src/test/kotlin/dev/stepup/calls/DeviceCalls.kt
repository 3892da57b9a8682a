package dev.stepup.calls

import dev.stepup.StepUpClient
import dev.stepup.core.DeviceRegistrationStatus
import dev.stepup.core.LinkRefusal
import dev.stepup.core.OnboardingDuty
import dev.stepup.core.Platform
import dev.stepup.core.RegisteredDeviceId
import dev.stepup.core.StepUpException
import dev.stepup.support.Call
import dev.stepup.support.EMAIL
import dev.stepup.support.TestKeys
import dev.stepup.support.TestListener
import dev.stepup.support.TestStorage
import dev.stepup.support.World
import dev.stepup.support.eventually
import dev.stepup.support.failure
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue

internal const val REGISTRATION = """{"deviceRegistration": true}"""

internal val StepUpClient.devices get() = deviceRegistration

/** The user signs in on a second device, which has to be registered. */
internal suspend fun World.onSecondDevice(use: suspend (StepUpClient) -> Unit) {
    signIn()
    val config = config.copy(storageNamespace = "second", deviceName = "Pixel 9; Android 16")
    val second = StepUpClient(config, Platform(TestStorage(), TestKeys()))
    try {
        second.auth.sendEmailOtp(EMAIL)
        second.auth.signInWithOtp(sandbox.code(EMAIL))
        use(second)
    } finally {
        second.close()
    }
}

internal val deviceCalls = listOf(
    Call(
        "DeviceRegistrationClient.complete",
        policy = REGISTRATION,
        good = {
            onSecondDevice { second ->
                assertEquals(listOf(OnboardingDuty.REGISTER_DEVICE), second.auth.session()?.duties)
                failure<StepUpException.DeviceRegistrationRequired> { second.stepUp.sendOtp() }
                val session = second.devices.complete(sandbox.registrationLink(EMAIL))
                assertEquals(listOf<OnboardingDuty>(), session.duties)
                second.stepUp.sendOtp()
            }
        },
        bad = {
            onSecondDevice { second ->
                val link = sandbox.registrationLink(EMAIL)
                second.devices.complete(link)
                val refusals = mapOf(
                    link to LinkRefusal.USED,
                    "123456" to LinkRefusal.MALFORMED,
                    "https://other.example/?deviceRegistrationToken=1" to LinkRefusal.FOREIGN,
                    link.replaceAfter('=', "unknown") to LinkRefusal.REFUSED,
                )
                for ((refused, reason) in refusals) {
                    val failure = failure<StepUpException.InvalidRegistrationLink> {
                        second.devices.complete(refused)
                    }
                    assertSame(reason, failure.reason)
                }
            }
        },
    ),
    Call(
        "DeviceRegistrationClient.isRegistrationLink",
        good = {
            assertTrue(client.devices.isRegistrationLink("http://localhost/?deviceRegistrationToken=1"))
        },
        bad = {
            assertFalse(client.devices.isRegistrationLink("http://localhost"))
            assertFalse(client.devices.isRegistrationLink("https://other.example/?deviceRegistrationToken=1"))
        },
    ),
    Call(
        "DeviceRegistrationClient.isRequired",
        policy = REGISTRATION,
        good = { onSecondDevice { second -> assertTrue(second.devices.isRequired()) } },
        bad = {
            signIn()
            assertFalse(client.devices.isRequired(), "a new user's first device is registered")
        },
    ),
    Call(
        "DeviceRegistrationClient.status",
        policy = REGISTRATION,
        good = {
            onSecondDevice { second ->
                val awaiting = DeviceRegistrationStatus.AwaitingLink("a•••@example.com")
                assertEquals(awaiting, second.devices.status())
            }
        },
        bad = { assertSame(DeviceRegistrationStatus.NotRequired, client.devices.status()) },
    ),
    Call(
        "DeviceRegistrationClient.list",
        policy = REGISTRATION,
        good = {
            onSecondDevice { second ->
                assertTrue(second.devices.list().isEmpty(), "it is not registered itself yet")
                second.devices.complete(sandbox.registrationLink(EMAIL))
                val listed = second.devices.list()
                assertEquals(listOf(true, false), listed.map { it.isCurrent })
                assertEquals("Pixel 9 (Android 16)", listed.first().name)
            }
        },
        bad = { failure<StepUpException.NotSignedIn> { client.devices.list() } },
    ),
    Call(
        "DeviceRegistrationClient.revoke",
        policy = REGISTRATION,
        good = {
            onSecondDevice { second ->
                second.devices.complete(sandbox.registrationLink(EMAIL))
                val (own, other) = client.devices.list()
                assertFalse(client.devices.revoke(other.id))
                failure<StepUpException.NotSignedIn> { second.auth.refresh() }
                assertTrue(client.devices.revoke(own.id))
                assertEquals(null, auth.session())
                assertTrue(storage.records.isEmpty(), storage.records.keys.toString())
            }
        },
        bad = {
            signIn()
            failure<StepUpException.InvalidArgument> { client.devices.revoke(RegisteredDeviceId("")) }
            val nobody = RegisteredDeviceId("nobody's")
            val unknown = failure<StepUpException.Server> { client.devices.revoke(nobody) }
            assertEquals(404.toUShort(), unknown.answer.status)
        },
    ),
    Call(
        "DeviceRegistrationClient.revokeAll",
        policy = REGISTRATION,
        good = {
            onSecondDevice { second ->
                second.devices.complete(sandbox.registrationLink(EMAIL))
                client.devices.revokeAll()
                assertEquals(null, auth.session())
                failure<StepUpException.NotSignedIn> { second.auth.refresh() }
            }
        },
        bad = { failure<StepUpException.NotSignedIn> { client.devices.revokeAll() } },
    ),
    Call(
        "DeviceRegistrationClient.subscribe",
        policy = REGISTRATION,
        good = {
            onSecondDevice { second ->
                val listener = TestListener()
                second.devices.subscribe(listener).use {
                    eventually("the present status is told") { listener.told.size == 1 }
                    second.devices.complete(sandbox.registrationLink(EMAIL))
                    eventually("the change is told") { listener.told.size == 2 }
                }
                val awaiting = DeviceRegistrationStatus.AwaitingLink("a•••@example.com")
                assertEquals(listOf(awaiting, DeviceRegistrationStatus.NotRequired), listener.told.toList())
            }
        },
        bad = {
            client.close()
            val listener = TestListener()
            failure<StepUpException.ClientClosed> { client.devices.subscribe(listener) }
            assertTrue(listener.calls.isEmpty())
        },
    ),
    Call(
        "Subscription.cancel",
        policy = REGISTRATION,
        good = {
            onSecondDevice { second ->
                val (cancelled, other) = List(2) { TestListener() }
                val subscription = second.devices.subscribe(cancelled)
                eventually("the present status is told") { cancelled.told.size == 1 }
                subscription.cancel()
                subscription.cancel()
                second.devices.subscribe(other).use {
                    second.devices.complete(sandbox.registrationLink(EMAIL))
                    eventually("the others are told") { DeviceRegistrationStatus.NotRequired in other.told }
                }
                assertEquals(1, cancelled.told.size)
                subscription.close()
            }
        },
        bad = {
            val subscription = client.devices.subscribe(TestListener()).apply { close() }
            failure<IllegalStateException> { subscription.cancel() }
        },
    ),
)
