package dev.stepup.android.support

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import java.io.InputStream
import java.io.OutputStream
import java.security.InvalidAlgorithmParameterException
import java.security.Key
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.KeyPairGeneratorSpi
import java.security.KeyStoreException
import java.security.KeyStoreSpi
import java.security.PrivateKey
import java.security.ProviderException
import java.security.PublicKey
import java.security.SecureRandom
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.security.spec.ECGenParameterSpec
import java.util.Collections
import java.util.Date
import java.util.Enumeration
import javax.crypto.KeyGenerator
import javax.crypto.KeyGeneratorSpi
import javax.crypto.SecretKey

/** Keys as apps see them: names of something that stays where it is. */
internal sealed class KeystoreKey(val entry: Entry, private val algorithm: String) : Key {
    override fun getAlgorithm() = algorithm

    override fun getFormat(): String? = null

    override fun getEncoded(): ByteArray? = null
}

internal class KeystorePrivateKey(entry: Entry) : KeystoreKey(entry, "EC"), PrivateKey

internal class KeystoreSecretKey(entry: Entry) : KeystoreKey(entry, "AES"), SecretKey

internal class TestKeyStoreSpi : KeyStoreSpi() {
    private val entries = TestKeystore.entries

    override fun engineGetKey(alias: String, password: CharArray?): Key? {
        require(password == null) { "keys of the Android Keystore have no passwords" }
        val entry = entries[alias] ?: return null
        entry.find()
        return if (entry.pair == null) KeystoreSecretKey(entry) else KeystorePrivateKey(entry)
    }

    override fun engineGetCertificate(alias: String): Certificate? = entries[alias]?.certificate

    override fun engineDeleteEntry(alias: String) {
        entries.remove(alias)
    }

    override fun engineContainsAlias(alias: String) = entries.containsKey(alias)

    override fun engineAliases(): Enumeration<String> = Collections.enumeration(entries.keys)

    override fun engineLoad(stream: InputStream?, password: CharArray?) {
        require(stream == null && password == null) { "nothing is loaded into the Android Keystore" }
    }

    override fun engineSetKeyEntry(
        alias: String,
        key: Key,
        password: CharArray?,
        chain: Array<Certificate>?,
    ) = unused()

    override fun engineSetKeyEntry(alias: String, key: ByteArray, chain: Array<Certificate>?) = unused()

    override fun engineSetCertificateEntry(alias: String, certificate: Certificate) = unused()

    override fun engineGetCertificateChain(alias: String): Array<Certificate> = unused()

    override fun engineGetCreationDate(alias: String): Date = unused()

    override fun engineIsKeyEntry(alias: String): Boolean = unused()

    override fun engineIsCertificateEntry(alias: String): Boolean = unused()

    override fun engineGetCertificateAlias(certificate: Certificate): String = unused()

    override fun engineSize(): Int = unused()

    override fun engineStore(stream: OutputStream?, password: CharArray?) = unused()

    private fun unused(): Nothing = throw KeyStoreException("not what this library needs")
}

/** What a key of this library may ask for, of either kind. */
private fun KeyGenParameterSpec.checked() = apply {
    refuseIf(isUserAuthenticationRequired) { "the session is renewed in the background" }
    refuseIf(keystoreAlias.isEmpty() || keystoreAlias.length > LONGEST_ALIAS) { "alias $keystoreAlias" }
    if (isStrongBoxBacked) {
        when (TestKeystore.strongBox) {
            StrongBox.MISSING, StrongBox.UNAVAILABLE -> throw StrongBoxUnavailableException()
            StrongBox.BROKEN -> throw ProviderException("Keystore key generation failed")
            StrongBox.WORKING -> Unit
        }
    }
}

private inline fun refuseIf(condition: Boolean, why: () -> String) {
    if (condition) throw InvalidAlgorithmParameterException(why())
}

/** File names of older keystores end here. */
private const val LONGEST_ALIAS = 100

internal class EcGenerator : KeyPairGeneratorSpi() {
    private lateinit var spec: KeyGenParameterSpec

    override fun initialize(keysize: Int, random: SecureRandom?) =
        throw InvalidAlgorithmParameterException("only a KeyGenParameterSpec names the key")

    override fun initialize(parameters: AlgorithmParameterSpec, random: SecureRandom?) {
        spec = (parameters as KeyGenParameterSpec).checked()
        val curve = spec.algorithmParameterSpec as? ECGenParameterSpec
        refuseIf(curve?.name != "secp256r1") { "not P-256" }
        refuseIf(spec.purposes != KeyProperties.PURPOSE_SIGN) { "it signs and nothing else" }
    }

    override fun generateKeyPair(): KeyPair {
        val generator = KeyPairGenerator.getInstance("EC", "BC")
        generator.initialize(ECGenParameterSpec("secp256r1"))
        val pair = generator.generateKeyPair()
        val entry = Entry(spec, pair.private, pair, PublicKeyCertificate(pair.public))
        TestKeystore.entries[spec.keystoreAlias] = entry
        return KeyPair(pair.public, KeystorePrivateKey(entry))
    }
}

internal class AesGenerator : KeyGeneratorSpi() {
    private lateinit var spec: KeyGenParameterSpec

    override fun engineInit(random: SecureRandom?) = init()

    override fun engineInit(keysize: Int, random: SecureRandom?) = init()

    private fun init(): Unit = throw InvalidAlgorithmParameterException(
        "only a KeyGenParameterSpec names the key",
    )

    override fun engineInit(parameters: AlgorithmParameterSpec, random: SecureRandom?) {
        spec = (parameters as KeyGenParameterSpec).checked()
        refuseIf(spec.keySize != AES_BITS) { "${spec.keySize} bits" }
        refuseIf(!spec.isRandomizedEncryptionRequired) { "the keystore chooses the nonce" }
    }

    override fun engineGenerateKey(): SecretKey {
        val secret = KeyGenerator.getInstance("AES", "SunJCE").apply { init(AES_BITS) }.generateKey()
        val entry = Entry(spec, secret, null, null)
        TestKeystore.entries[spec.keystoreAlias] = entry
        return KeystoreSecretKey(entry)
    }

    private companion object {
        const val AES_BITS = 256
    }
}

/** The keystore signs one for every key; the public key is all that is asked of it. */
private class PublicKeyCertificate(private val key: PublicKey) : Certificate("X.509") {
    override fun getPublicKey() = key

    override fun getEncoded(): ByteArray = throw UnsupportedOperationException()

    override fun verify(key: PublicKey) = throw UnsupportedOperationException()

    override fun verify(key: PublicKey, provider: String) = throw UnsupportedOperationException()

    override fun toString() = "the certificate of a key"
}
