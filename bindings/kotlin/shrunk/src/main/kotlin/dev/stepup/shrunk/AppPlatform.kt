package dev.stepup.shrunk

import dev.stepup.core.DeviceKeys
import dev.stepup.core.DevicePublicKey
import dev.stepup.core.PasskeyProvider
import dev.stepup.core.PlatformException
import dev.stepup.core.SecureStorage
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse.BodyHandlers
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.Signature
import java.security.spec.ECGenParameterSpec
import java.util.concurrent.ConcurrentHashMap

internal class AppStorage : SecureStorage {
    private val records = ConcurrentHashMap<String, ByteArray>()

    val holdsSomething: Boolean get() = records.isNotEmpty()

    override suspend fun get(key: String): ByteArray? = records[key]

    override suspend fun put(key: String, value: ByteArray) {
        records[key] = value
    }

    override suspend fun delete(key: String) {
        records.remove(key)
    }
}

internal class AppKeys : DeviceKeys {
    private val pairs = ConcurrentHashMap<String, KeyPair>()

    override suspend fun generate(name: String): DevicePublicKey {
        val generator = KeyPairGenerator.getInstance("EC")
        generator.initialize(ECGenParameterSpec("secp256r1"))
        return publicHalf(generator.generateKeyPair().also { pairs[name] = it })
    }

    override suspend fun publicKey(name: String): DevicePublicKey? = pairs[name]?.let(::publicHalf)

    override suspend fun sign(name: String, message: ByteArray): ByteArray {
        val pair = pairs[name] ?: throw PlatformException.NotFound()
        val signature = Signature.getInstance("SHA256withECDSA")
        signature.initSign(pair.private)
        signature.update(message)
        return signature.sign()
    }

    override suspend fun delete(name: String) {
        pairs.remove(name)
    }

    private fun publicHalf(pair: KeyPair) = DevicePublicKey.SubjectPublicKeyInfo(pair.public.encoded)
}

/** A sheet that does what it is told. */
internal class AppPasskeys : PasskeyProvider {
    @Volatile
    var sheet: suspend () -> String = { throw PlatformException.NotFound() }

    override suspend fun create(optionsJson: String): String = sheet()

    override suspend fun get(optionsJson: String): String = sheet()
}

/** The mails that the sandbox has sent. */
internal class Mailbox(private val sandboxUrl: String) {
    private val http = HttpClient.newHttpClient()

    /** The code of the latest mail. */
    fun code(to: String): String {
        val request = HttpRequest.newBuilder(URI("$sandboxUrl/sandbox/outbox?to=$to")).build()
        val mails = http.send(request, BodyHandlers.ofString()).body()
        return checkNotNull(Regex("\"code\":\"(\\d+)\"").find(mails)) { mails }.groupValues[1]
    }
}
