package dev.stepup.android

import androidx.credentials.CreatePasswordResponse
import androidx.credentials.CreatePublicKeyCredentialResponse
import androidx.credentials.GetCredentialResponse
import androidx.credentials.PasswordCredential
import androidx.credentials.PublicKeyCredential
import androidx.credentials.exceptions.CreateCredentialException
import androidx.credentials.exceptions.CreateCredentialProviderConfigurationException
import androidx.credentials.exceptions.GetCredentialCustomException
import androidx.credentials.exceptions.GetCredentialException
import androidx.credentials.exceptions.domerrors.DomError
import androidx.credentials.exceptions.publickeycredential.CreatePublicKeyCredentialDomException
import androidx.credentials.exceptions.publickeycredential.GetPublicKeyCredentialDomException
import dev.stepup.android.support.AndroidTest
import dev.stepup.android.support.TestCredentialManager
import dev.stepup.android.support.onAndroid
import dev.stepup.android.support.whileMainThreadRuns
import dev.stepup.android.test.MainActivity
import dev.stepup.core.PlatformException
import java.io.File
import java.lang.reflect.Modifier
import kotlin.reflect.KClass
import org.junit.Assert.assertEquals
import org.junit.Assert.assertSame
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.robolectric.Robolectric
import org.robolectric.android.controller.ActivityController

private const val OPTIONS = """{"challenge":"AAAA"}"""
private const val CREATION_OPTIONS =
    """{"challenge":"AAAA","user":{"id":"AAAA","name":"ada@example.com","displayName":"Ada"}}"""
private const val ANSWER = """{"id":"passkey"}"""

internal class PasskeysTest : AndroidTest() {
    private val sheet = TestCredentialManager()
    private lateinit var screen: ActivityController<MainActivity>
    private lateinit var passkeys: CredentialManagerPasskeys

    @Before
    fun openTheApp() {
        passkeys = CredentialManagerPasskeys(CurrentActivity(app)) { sheet }
        screen = Robolectric.buildActivity(MainActivity::class.java).setup()
    }

    private fun create(): String = whileMainThreadRuns { passkeys.create(CREATION_OPTIONS) }

    private fun get(): String = whileMainThreadRuns { passkeys.get(OPTIONS) }

    @Test
    fun `a passkey is made from the options as they are, above the activity in front`() {
        sheet.created = CreatePublicKeyCredentialResponse(ANSWER)
        assertEquals(ANSWER, create())
        assertEquals(CREATION_OPTIONS, sheet.creationOptions)
        assertSame(screen.get(), sheet.context)
    }

    @Test
    fun `a passkey is shown for the options as they are, above the activity in front`() {
        sheet.got = GetCredentialResponse(PublicKeyCredential(ANSWER))
        assertEquals(ANSWER, get())
        assertEquals(OPTIONS, sheet.requestOptions)
        assertSame(screen.get(), sheet.context)
    }

    @Test
    fun `what is not a passkey is no answer`() {
        sheet.created = CreatePasswordResponse()
        assertThrows(PlatformException.Internal::class.java) { create() }
        sheet.got = GetCredentialResponse(PasswordCredential("ada", "secret"))
        val told = assertThrows(PlatformException.Internal::class.java) { get() }
        assertTrue("secret" !in told.reason)
    }

    @Test
    fun `without an activity there is no sheet, and one that comes late is in time`() {
        screen.pause().stop()
        sheet.got = GetCredentialResponse(PublicKeyCredential(ANSWER))
        whileMainThreadRuns(then = { Robolectric.buildActivity(MainActivity::class.java).setup() }) {
            assertEquals(ANSWER, passkeys.get(OPTIONS))
        }
    }

    @Test
    fun `every exception of Jetpack has its meaning`() {
        val texts = mutableListOf<String>()
        for (type in exceptionsBelow("androidx/credentials/exceptions")) {
            val expected = MEANINGS[type.simpleName]
            val exception = type.made() as Exception
            val told = when (exception) {
                is CreateCredentialException -> passkeyFailure(exception)
                is GetCredentialException -> passkeyFailure(exception)
                else -> error("$type")
            }
            assertEquals(type.simpleName, expected, told::class)
            texts += told.toString()
        }
        assertTrue(texts.none { "a secret" in it })
    }

    @Test
    fun `every error of WebAuthn has its meaning`() {
        val all = classesBelow("androidx/credentials/exceptions/domerrors")
            .filter { DomError::class.java.isAssignableFrom(it) && !Modifier.isAbstract(it.modifiers) }
        assertEquals(all.map { it.simpleName }.toSet(), DOM_MEANINGS.keys)
        for (type in all) {
            val error = type.getConstructor().newInstance() as DomError
            val (created, got) = DOM_MEANINGS.getValue(type.simpleName)
            val ofCreate = passkeyFailure(CreatePublicKeyCredentialDomException(error, "a secret"))
            val ofGet = passkeyFailure(GetPublicKeyCredentialDomException(error, "a secret"))
            assertEquals(type.simpleName, created, ofCreate::class)
            assertEquals(type.simpleName, got, ofGet::class)
            assertTrue("a secret" !in "$ofCreate $ofGet")
        }
    }

    @Test
    fun `what the sheet throws is told by its meaning`() {
        sheet.createFailure = CreateCredentialProviderConfigurationException("a secret")
        assertThrows(PlatformException.Configuration::class.java) { create() }
        sheet.getFailure = GetCredentialCustomException("of.somebody", "a secret")
        assertThrows(PlatformException.Internal::class.java) { get() }
    }

    /** The real one, before Android 14, in an app without Google's part. */
    @Test
    fun `without a provider the configuration is told`() {
        onAndroid(33) {
            val real = CredentialManagerPasskeys(CurrentActivity(screen.get()))
            assertThrows(PlatformException.Configuration::class.java) {
                whileMainThreadRuns { real.get(OPTIONS) }
            }
            assertThrows(PlatformException.Configuration::class.java) {
                whileMainThreadRuns { real.create(CREATION_OPTIONS) }
            }
        }
    }

    private fun exceptionsBelow(path: String): List<Class<*>> {
        val all = (listOf(path) + listOf("publickeycredential", "restorecredential").map { "$path/$it" })
            .flatMap(::classesBelow)
            .filter { Exception::class.java.isAssignableFrom(it) && !Modifier.isAbstract(it.modifiers) }
            .filter { type -> OTHERS.none { it in type.simpleName } }
        assertEquals(all.map { it.simpleName }.toSet(), MEANINGS.keys)
        return all
    }

    private fun classesBelow(path: String): List<Class<*>> {
        val one = javaClass.classLoader!!.getResource(
            "$path/${ONE_OF.getValue(path.substringAfterLast('/'))}.class",
        )
        return File(one!!.toURI()).parentFile!!.listFiles()!!
            .filter { it.extension == "class" && '$' !in it.name }
            .map { Class.forName("$path/${it.nameWithoutExtension}".replace('/', '.')) }
    }

    private fun Class<*>.made(): Any {
        val constructor = constructors.first { made ->
            made.parameterTypes.none { "Marker" in it.simpleName }
        }
        val arguments = constructor.parameterTypes.map { type ->
            when (type) {
                String::class.java, CharSequence::class.java -> "a secret"
                DomError::class.java -> androidx.credentials.exceptions.domerrors.UnknownError()
                else -> error("$this takes a $type")
            }
        }
        return constructor.newInstance(*arguments.toTypedArray())
    }

    private companion object {
        /** Of calls that this library does not make. */
        val OTHERS = listOf("Clear", "Signal")
        val ONE_OF = mapOf(
            "exceptions" to "NoCredentialException",
            "publickeycredential" to "GetPublicKeyCredentialDomException",
            "restorecredential" to "E2eeUnavailableException",
            "domerrors" to "DomError",
        )

        val cancelled = PlatformException.Cancelled::class
        val timedOut = PlatformException.TimedOut::class
        val notFound = PlatformException.NotFound::class
        val unsupported = PlatformException.Unsupported::class
        val configuration = PlatformException.Configuration::class
        val internal = PlatformException.Internal::class

        val MEANINGS: Map<String, KClass<out PlatformException>> = mapOf(
            "CreateCredentialCancellationException" to cancelled,
            "CreateCredentialInterruptedException" to cancelled,
            "CreateCredentialNoCreateOptionException" to unsupported,
            "CreateCredentialUnsupportedException" to unsupported,
            "CreateCredentialProviderConfigurationException" to configuration,
            "CreateCredentialUnknownException" to internal,
            "CreateCredentialCustomException" to internal,
            "CreatePublicKeyCredentialException" to internal,
            "CreatePublicKeyCredentialDomException" to internal,
            "CreateRestoreCredentialDomException" to internal,
            "E2eeUnavailableException" to internal,
            "GetCredentialCancellationException" to cancelled,
            "GetCredentialInterruptedException" to cancelled,
            "NoCredentialException" to notFound,
            "GetCredentialUnsupportedException" to unsupported,
            "GetCredentialProviderConfigurationException" to configuration,
            "GetCredentialUnknownException" to internal,
            "GetCredentialCustomException" to internal,
            "GetPublicKeyCredentialException" to internal,
            "GetPublicKeyCredentialDomException" to internal,
        )

        /** When one is made, and when one is shown. */
        val DOM_MEANINGS: Map<String, Pair<KClass<out PlatformException>, KClass<out PlatformException>>> =
            listOf(
                "DataCloneError", "EncodingError", "HierarchyRequestError",
                "InUseAttributeError", "InvalidCharacterError", "InvalidModificationError",
                "InvalidNodeTypeError", "NamespaceError", "NetworkError", "NoModificationAllowedError",
                "NotReadableError", "OperationError", "QuotaExceededError", "ReadOnlyError", "SyntaxError",
                "TransactionInactiveError", "UnknownError", "VersionError", "WrongDocumentError",
            ).associateWith { internal to internal } + mapOf(
                "AbortError" to (cancelled to cancelled),
                "NotAllowedError" to (cancelled to cancelled),
                "OptOutError" to (cancelled to cancelled),
                "TimeoutError" to (timedOut to timedOut),
                "NotFoundError" to (notFound to notFound),
                "InvalidStateError" to (PlatformException.AlreadyExists::class to internal),
                "ConstraintError" to (unsupported to unsupported),
                "NotSupportedError" to (unsupported to unsupported),
                "SecurityError" to (configuration to configuration),
                "DataError" to (configuration to configuration),
            )
    }
}
