package dev.stepup.support

import dev.stepup.core.DeviceKeys
import dev.stepup.core.DevicePublicKey
import dev.stepup.core.LogRecord
import dev.stepup.core.LogSink
import dev.stepup.core.PasskeyProvider
import dev.stepup.core.PlatformException
import dev.stepup.core.SecureStorage
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.Signature
import java.security.spec.ECGenParameterSpec
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.ConcurrentLinkedQueue
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject

/** Something that is called by the library and can be told to misbehave before it does its work. */
internal open class Callback {
    val calls = ConcurrentLinkedQueue<String>()

    /** Run at each call, with its name. */
    @Volatile
    var before: suspend (call: String) -> Unit = {}

    protected suspend fun begin(call: String) {
        calls.add(call)
        before(call)
    }
}

internal class TestStorage : Callback(), SecureStorage {
    val records = ConcurrentHashMap<String, ByteArray>()

    /** Everything that is stored. */
    fun text(): String = texts().joinToString()

    /** The same, by record. */
    fun texts(): List<String> = records.values.map { it.decodeToString() }

    /** What is stored of a code or a browser that is waited for. */
    val pending: String?
        get() = records.entries.singleOrNull { it.key.endsWith(".browser") }?.value?.decodeToString()

    override suspend fun get(key: String): ByteArray? {
        begin("get")
        return records[key]
    }

    override suspend fun put(key: String, value: ByteArray) {
        begin("put")
        records[key] = value
    }

    override suspend fun delete(key: String) {
        begin("delete")
        records.remove(key)
    }
}

/** P-256 keys of the JDK: signatures come as DER, public keys as SubjectPublicKeyInfo. */
internal class TestKeys : Callback(), DeviceKeys {
    private val pairs = ConcurrentHashMap<String, KeyPair>()

    fun loseAll() = pairs.clear()

    override suspend fun generate(name: String): DevicePublicKey {
        begin("generate")
        val generator = KeyPairGenerator.getInstance("EC")
        generator.initialize(ECGenParameterSpec("secp256r1"))
        return publicHalf(generator.generateKeyPair().also { pairs[name] = it })
    }

    override suspend fun publicKey(name: String): DevicePublicKey? {
        begin("publicKey")
        return pairs[name]?.let(::publicHalf)
    }

    override suspend fun sign(name: String, message: ByteArray): ByteArray {
        begin("sign")
        val pair = pairs[name] ?: throw PlatformException.NotFound()
        val signature = Signature.getInstance("SHA256withECDSA")
        signature.initSign(pair.private)
        signature.update(message)
        return signature.sign()
    }

    override suspend fun delete(name: String) {
        begin("delete")
        pairs.remove(name)
    }

    private fun publicHalf(pair: KeyPair) = DevicePublicKey.SubjectPublicKeyInfo(pair.public.encoded)
}

/** The sandbox's virtual authenticator of one name: another name is another phone. */
internal class TestPasskeys(private val sandbox: Sandbox, private val phone: String = "phone") :
    Callback(), PasskeyProvider {
    override suspend fun create(optionsJson: String): String = perform("create", optionsJson)

    override suspend fun get(optionsJson: String): String = perform("get", optionsJson)

    private suspend fun perform(ceremony: String, optionsJson: String): String {
        begin(ceremony)
        val request = buildJsonObject {
            put("origin", JsonPrimitive("http://localhost"))
            put("options", Json.parseToJsonElement(optionsJson))
        }
        val path = "authenticators/$phone/$ceremony"
        val answer = sandbox.control("POST", path, request, isRefusalExpected = true)
        if (answer.status == 200) return answer.json.toString()
        throw when (answer.json["code"]) {
            JsonPrimitive("no_credential") -> PlatformException.NotFound()
            JsonPrimitive("credential_excluded") -> PlatformException.AlreadyExists()
            else -> PlatformException.Internal(answer.json.toString())
        }
    }
}

internal class TestLog : Callback(), LogSink {
    val records = ConcurrentLinkedQueue<LogRecord>()

    fun text(): String = records.joinToString("\n")

    override suspend fun log(record: LogRecord) {
        begin("log")
        records.add(record)
    }
}
