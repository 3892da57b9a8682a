package dev.stepup.sample.development

import dev.stepup.core.PasskeyProvider
import dev.stepup.core.PlatformException
import dev.stepup.core.TokenScope
import dev.stepup.core.WalletAccount
import dev.stepup.core.WalletChain
import dev.stepup.core.WalletMessage
import dev.stepup.core.WalletProvider
import dev.stepup.core.WalletSigner
import dev.stepup.sample.presenter.DevelopmentTools
import dev.stepup.sample.presenter.await
import java.io.IOException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.put
import okhttp3.HttpUrl
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody

/**
 * The control API of the sandbox, as far as it stands in for what a phone or a company has.
 *
 * @param server where the sandbox is.
 * @param phone names the authenticator and the wallet of this phone; another name is another phone.
 */
class SandboxTools(private val server: HttpUrl, phone: String = "phone") : DevelopmentTools {
    private val http = OkHttpClient()

    override val passkeys: PasskeyProvider = SandboxPasskeys(this, phone)
    override val walletSigner: WalletSigner = SandboxWallet(this, phone)

    override suspend fun assertion(subject: String, email: String?, scopes: List<TokenScope>): String {
        val claims = buildJsonObject {
            put("sub", subject)
            email?.let { put("email", it) }
            if (scopes.isNotEmpty()) put("scope", scopes.joinToString(" "))
        }
        return call("external-jwt", claims).text("jwt")
    }

    /** Calls it: with a body, by POST. */
    internal suspend fun call(path: String, body: JsonElement? = null): JsonObject {
        val request = Request.Builder().url("${server}sandbox/$path")
        body?.let { request.post(it.toString().toRequestBody("application/json".toMediaType())) }
        return http.newCall(request.build()).await().use { answer ->
            val text = withContext(Dispatchers.IO) { answer.body.string() }
            val json = Json.parseToJsonElement(text).jsonObject
            if (!answer.isSuccessful) throw Refusal(json["code"]?.jsonPrimitive?.content)
            json
        }
    }

    /** What the sandbox did not want to do. */
    internal class Refusal(val code: String?) : IOException("refused by the sandbox")
}

/** The sandbox's authenticator of this phone. */
private class SandboxPasskeys(private val sandbox: SandboxTools, private val phone: String) :
    PasskeyProvider {
    override suspend fun create(optionsJson: String): String = perform("create", optionsJson)

    override suspend fun get(optionsJson: String): String = perform("get", optionsJson)

    private suspend fun perform(ceremony: String, optionsJson: String): String {
        val request = buildJsonObject {
            put("origin", ORIGIN)
            put("options", Json.parseToJsonElement(optionsJson))
        }
        try {
            return sandbox.call("authenticators/$phone/$ceremony", request).toString()
        } catch (refusal: SandboxTools.Refusal) {
            throw when (refusal.code) {
                "no_credential" -> PlatformException.NotFound()
                "credential_excluded" -> PlatformException.AlreadyExists()
                else -> PlatformException.Internal("refused by the sandbox")
            }
        }
    }

    private companion object {
        const val ORIGIN = "http://localhost"
    }
}

/** A wallet of the sandbox with an account for Ethereum. */
private class SandboxWallet(private val sandbox: SandboxTools, private val phone: String) : WalletSigner {
    override suspend fun accounts(): List<WalletAccount> {
        val address = sandbox.call("wallets/$phone?chain=EVM").text("address")
        return listOf(WalletAccount(address, WalletChain.Evm, "Sandbox Wallet", WalletProvider.DeepLink))
    }

    override suspend fun signMessage(message: WalletMessage): String {
        val request = buildJsonObject {
            put("message", message.message)
            put("chain", "EVM")
        }
        return sandbox.call("wallets/$phone/sign", request).text("signature")
    }
}

private fun JsonObject.text(name: String): String = getValue(name).jsonPrimitive.content
