package dev.stepup.support

import dev.stepup.core.DeviceKeys
import dev.stepup.core.DevicePublicKey
import dev.stepup.core.PlatformException
import dev.stepup.core.SecureStorage
import java.net.URLEncoder
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.security.KeyFactory
import java.security.KeyPairGenerator
import java.security.Signature
import java.security.spec.ECGenParameterSpec
import java.security.spec.PKCS8EncodedKeySpec
import kotlin.io.path.createTempFile
import kotlin.io.path.deleteIfExists
import kotlin.io.path.exists
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.readBytes
import kotlin.io.path.writeBytes

/** A record is a file that is replaced as a whole: whoever is killed leaves the old one or the new one. */
internal class FileStorage(private val directory: Path) : SecureStorage {
    /** Names of what is kept. */
    val keys: List<String> get() = directory.listDirectoryEntries("*$RECORD").map { it.fileName.toString() }

    override suspend fun get(key: String): ByteArray? = file(key).takeIf { it.exists() }?.readBytes()

    override suspend fun put(key: String, value: ByteArray) {
        val written = createTempFile(directory)
        written.writeBytes(value)
        Files.move(written, file(key), ATOMIC_MOVE)
    }

    override suspend fun delete(key: String) {
        file(key).deleteIfExists()
    }

    private fun file(key: String) = directory.resolve(URLEncoder.encode(key, Charsets.UTF_8) + RECORD)

    private companion object {
        const val RECORD = ".record"
    }
}

/** P-256 keys that outlive the process. */
internal class FileKeys(directory: Path) : DeviceKeys {
    private val files = FileStorage(directory)

    override suspend fun generate(name: String): DevicePublicKey {
        val generator = KeyPairGenerator.getInstance("EC")
        generator.initialize(ECGenParameterSpec("secp256r1"))
        val pair = generator.generateKeyPair()
        files.put("$name.private", pair.private.encoded)
        files.put("$name.public", pair.public.encoded)
        return DevicePublicKey.SubjectPublicKeyInfo(pair.public.encoded)
    }

    override suspend fun publicKey(name: String): DevicePublicKey? =
        files.get("$name.public")?.let { DevicePublicKey.SubjectPublicKeyInfo(it) }

    override suspend fun sign(name: String, message: ByteArray): ByteArray {
        val encoded = files.get("$name.private") ?: throw PlatformException.NotFound()
        val key = KeyFactory.getInstance("EC").generatePrivate(PKCS8EncodedKeySpec(encoded))
        return Signature.getInstance("SHA256withECDSA").run {
            initSign(key)
            update(message)
            sign()
        }
    }

    override suspend fun delete(name: String) {
        files.delete("$name.public")
        files.delete("$name.private")
    }
}
