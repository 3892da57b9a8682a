package dev.stepup.android

import android.content.Context
import android.content.pm.PackageManager
import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import androidx.annotation.ChecksSdkIntAtLeast
import androidx.annotation.RequiresApi
import dev.stepup.core.DeviceKeys
import dev.stepup.core.DevicePublicKey
import dev.stepup.core.PlatformException
import java.security.KeyPairGenerator
import java.security.PrivateKey
import java.security.ProviderException
import java.security.PublicKey
import java.security.Signature
import java.security.spec.ECGenParameterSpec

/**
 * P-256 keys in the Android Keystore: in StrongBox where the device has one that works, else in the trusted
 * execution environment. They cannot be taken out, are not in backups, and end with the app's data.
 *
 * Signing asks the user for nothing, because the session is renewed in the background. A key that the
 * keystore has invalidated, or that cannot be read any more, is answered as `KeyInvalidated`, one that is not
 * there as `NotFound`; before the first unlock after a start everything is `Locked`.
 *
 * Blocks its thread: signing in StrongBox takes some hundred milliseconds.
 *
 * @param context any context of the app.
 */
public class AndroidKeystoreDeviceKeys internal constructor(context: Context, private val pause: () -> Unit) :
    DeviceKeys {
    public constructor(context: Context) : this(context, ::pauseForKeystore)

    private val context = context.applicationContext

    override suspend fun generate(name: String): DevicePublicKey = context.unlocked {
        val key = if (hasStrongBox()) generateInStrongBox(name) else generate(spec(name))
        DevicePublicKey.SubjectPublicKeyInfo(key.encoded)
    }

    override suspend fun publicKey(name: String): DevicePublicKey? = context.unlocked {
        val certificate = keystore().getCertificate(alias(name))
        certificate?.let { DevicePublicKey.SubjectPublicKeyInfo(it.publicKey.encoded) }
    }

    override suspend fun sign(name: String, message: ByteArray): ByteArray = context.unlocked {
        val key = readKey(alias(name), pause) as? PrivateKey ?: throw PlatformException.NotFound()
        // Without a provider's name: the one that is right is found by the key.
        Signature.getInstance("SHA256withECDSA").run {
            initSign(key)
            update(message)
            sign()
        }
    }

    override suspend fun delete(name: String): Unit = context.unlocked { keystore().deleteEntry(alias(name)) }

    /** A StrongBox can be full, busy or, on some devices, announced and not there. */
    @RequiresApi(Build.VERSION_CODES.P)
    private fun generateInStrongBox(name: String): PublicKey =
        try {
            generate(spec(name).setIsStrongBoxBacked(true))
        } catch (_: ProviderException) {
            generate(spec(name))
        }

    private fun generate(spec: KeyGenParameterSpec.Builder): PublicKey {
        val generator = KeyPairGenerator.getInstance(KeyProperties.KEY_ALGORITHM_EC, KEYSTORE)
        generator.initialize(spec.build())
        return generator.generateKeyPair().public
    }

    private fun spec(name: String) = KeyGenParameterSpec.Builder(alias(name), KeyProperties.PURPOSE_SIGN)
        .setAlgorithmParameterSpec(ECGenParameterSpec("secp256r1"))
        .setDigests(KeyProperties.DIGEST_SHA256)

    @ChecksSdkIntAtLeast(api = Build.VERSION_CODES.P)
    private fun hasStrongBox() = Build.VERSION.SDK_INT >= Build.VERSION_CODES.P &&
        context.packageManager.hasSystemFeature(PackageManager.FEATURE_STRONGBOX_KEYSTORE)

    private fun alias(name: String) = "${ALIAS_PREFIX}key.${hashed(name)}"
}
