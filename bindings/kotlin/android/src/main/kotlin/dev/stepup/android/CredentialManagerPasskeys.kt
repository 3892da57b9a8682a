package dev.stepup.android

import android.content.Context
import androidx.credentials.CreatePublicKeyCredentialRequest
import androidx.credentials.CreatePublicKeyCredentialResponse
import androidx.credentials.CredentialManager
import androidx.credentials.GetCredentialRequest
import androidx.credentials.GetPublicKeyCredentialOption
import androidx.credentials.PublicKeyCredential
import androidx.credentials.exceptions.CreateCredentialException
import androidx.credentials.exceptions.GetCredentialException
import dev.stepup.core.PasskeyProvider
import dev.stepup.core.PlatformException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/**
 * The system's sheet for passkeys, by Jetpack's Credential Manager.
 *
 * Before Android 14 passkeys come with Google Play services: the app adds
 * `androidx.credentials:credentials-play-services-auth`, or every call is answered as `Configuration`. So is
 * one whose site does not name the app in its `assetlinks.json`.
 *
 * @param activities above which activity the sheet opens.
 */
public class CredentialManagerPasskeys internal constructor(
    private val activities: CurrentActivity,
    private val manager: (Context) -> CredentialManager,
) : PasskeyProvider {
    public constructor(activities: CurrentActivity) : this(activities, { CredentialManager.create(it) })

    override suspend fun create(optionsJson: String): String = shown { activity ->
        val answer = try {
            manager(activity).createCredential(activity, CreatePublicKeyCredentialRequest(optionsJson))
        } catch (refused: CreateCredentialException) {
            throw passkeyFailure(refused)
        }
        (answer as? CreatePublicKeyCredentialResponse)?.registrationResponseJson ?: throw noPasskey()
    }

    override suspend fun get(optionsJson: String): String = shown { activity ->
        val request = GetCredentialRequest(listOf(GetPublicKeyCredentialOption(optionsJson)))
        val answer = try {
            manager(activity).getCredential(activity, request)
        } catch (refused: GetCredentialException) {
            throw passkeyFailure(refused)
        }
        (answer.credential as? PublicKeyCredential)?.authenticationResponseJson ?: throw noPasskey()
    }

    private suspend fun shown(ask: suspend (Context) -> String): String {
        val activity = activities.await()
        return withContext(Dispatchers.Main) { ask(activity) }
    }

    private fun noPasskey() = PlatformException.Internal("the answer is not a passkey")
}
