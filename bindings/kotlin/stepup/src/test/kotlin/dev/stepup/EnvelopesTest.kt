package dev.stepup

import dev.stepup.core.CredentialFormat
import dev.stepup.core.SessionTokenKind
import dev.stepup.core.StepUpException
import dev.stepup.core.StorageFailure
import dev.stepup.core.TokenScope
import dev.stepup.support.EMAIL
import dev.stepup.support.SandboxTest
import dev.stepup.support.World
import dev.stepup.support.failure
import dev.stepup.support.repositoryFile
import dev.stepup.support.text
import java.nio.file.Path
import java.time.Instant
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

private const val SAMPLES = "tests/envelopes"
private const val VERSION = "schema_version"

/** An app that is updated goes on with what any earlier version has written down. */
internal class EnvelopesTest : SandboxTest() {
    /** Every sample of a session that was ever committed, by its name. */
    private val samples: Map<String, JsonObject> =
        Path.of(System.getProperty("stepup.root"), SAMPLES).listDirectoryEntries("v*.json")
            .associate { it.name to repositoryFile("$SAMPLES/${it.name}").json() }

    private fun String.json() = Json.parseToJsonElement(this).jsonObject

    private val JsonObject.version get() = getValue(VERSION).jsonPrimitive.long

    private fun World.envelope(): JsonObject =
        storage.records.values.map { it.decodeToString() }.single { VERSION in it }.json()

    /** The app is started again after what is stored was replaced by this. */
    private fun World.startOn(envelope: JsonObject) {
        client.close()
        storage.records.replaceAll { _, value ->
            if (VERSION in value.decodeToString()) envelope.toString().toByteArray() else value
        }
        restart()
    }

    private fun each(test: suspend World.(JsonObject) -> Unit): List<DynamicTest> =
        samples.map { (name, sample) -> dynamicTest(name) { inWorld { test(sample) } } }

    @Test
    fun `there is a sample of every version`() = inWorld {
        signIn()
        assertEquals((1..envelope().version).toList(), samples.values.map { it.version }.sorted())
    }

    @TestFactory
    fun `everything in it is there again`(): List<DynamicTest> = each { sample ->
        signIn()
        startOn(sample)
        client.restore()
        val session = auth.session()!!
        val stored = sample.getValue("session").jsonObject
        val user = sample.getValue("user").jsonObject
        assertEquals(user.text("id") to EMAIL, session.user.id to session.user.email)
        val formats = listOf(CredentialFormat.Email, CredentialFormat.PhoneNumber, CredentialFormat.Passkey)
        assertEquals(formats, session.user.verifiedCredentials.map { it.format })
        val end = stored.getValue("expires_at").jsonPrimitive.long
        assertEquals(Instant.ofEpochSecond(end), session.expiresAt)
        assertEquals(stored.text("full_jwt"), auth.sessionToken(SessionTokenKind.FULL)?.value)
        val elevation = stepUp.elevation(TokenScope.CREDENTIAL_LINK)!!
        assertEquals(listOf(TokenScope.CREDENTIAL_LINK, TokenScope.CREDENTIAL_UNLINK), elevation.scopes)
    }

    @TestFactory
    fun `who was signed in goes on, and it is written as today`(): List<DynamicTest> = each { sample ->
        val user = signIn().user
        val (present, stored) = envelope().version to envelope().getValue("session")
        val itsUser = JsonObject(sample.getValue("user").jsonObject + ("id" to JsonPrimitive(user.id)))
        startOn(JsonObject(sample + mapOf("user" to itsUser, "session" to stored)))
        assertEquals(user.id, auth.refresh().user.id)
        assertEquals(present, envelope().version)
        verifyByEmail()
        assertEquals(200, proceed())
    }

    @Test
    fun `one of a later version is refused and left as it is`() = inWorld {
        signIn()
        val later = JsonObject(envelope() + (VERSION to JsonPrimitive(1_000_000)))
        startOn(later)
        repeat(2) {
            val refused = failure<StepUpException.StorageFailed> { client.restore() }
            assertSame(StorageFailure.NEWER_VERSION, refused.reason)
            failure<StepUpException.StorageFailed> { auth.session() }
        }
        assertEquals(later, envelope())
    }
}
