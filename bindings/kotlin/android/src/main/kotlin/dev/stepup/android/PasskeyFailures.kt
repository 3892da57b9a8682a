package dev.stepup.android

import androidx.credentials.exceptions.CreateCredentialCancellationException
import androidx.credentials.exceptions.CreateCredentialException
import androidx.credentials.exceptions.CreateCredentialInterruptedException
import androidx.credentials.exceptions.CreateCredentialNoCreateOptionException
import androidx.credentials.exceptions.CreateCredentialProviderConfigurationException
import androidx.credentials.exceptions.CreateCredentialUnsupportedException
import androidx.credentials.exceptions.GetCredentialCancellationException
import androidx.credentials.exceptions.GetCredentialException
import androidx.credentials.exceptions.GetCredentialInterruptedException
import androidx.credentials.exceptions.GetCredentialProviderConfigurationException
import androidx.credentials.exceptions.GetCredentialUnsupportedException
import androidx.credentials.exceptions.NoCredentialException
import androidx.credentials.exceptions.domerrors.AbortError
import androidx.credentials.exceptions.domerrors.ConstraintError
import androidx.credentials.exceptions.domerrors.DataError
import androidx.credentials.exceptions.domerrors.DomError
import androidx.credentials.exceptions.domerrors.InvalidStateError
import androidx.credentials.exceptions.domerrors.NotAllowedError
import androidx.credentials.exceptions.domerrors.NotFoundError
import androidx.credentials.exceptions.domerrors.NotSupportedError
import androidx.credentials.exceptions.domerrors.OptOutError
import androidx.credentials.exceptions.domerrors.SecurityError
import androidx.credentials.exceptions.domerrors.TimeoutError
import androidx.credentials.exceptions.publickeycredential.CreatePublicKeyCredentialDomException
import androidx.credentials.exceptions.publickeycredential.GetPublicKeyCredentialDomException
import dev.stepup.core.PlatformException

/** Why no passkey was made. Texts stay behind: providers write what they were given into them. */
internal fun passkeyFailure(refused: CreateCredentialException): PlatformException = when (refused) {
    is CreateCredentialCancellationException -> PlatformException.Cancelled()
    // The user has gone to the settings, or another app has come between.
    is CreateCredentialInterruptedException -> PlatformException.Cancelled()
    is CreateCredentialNoCreateOptionException -> PlatformException.Unsupported()
    is CreateCredentialUnsupportedException -> PlatformException.Unsupported()
    is CreateCredentialProviderConfigurationException -> noProvider()
    // The options exclude the passkeys that the user has.
    is CreatePublicKeyCredentialDomException -> when (refused.domError) {
        is InvalidStateError -> PlatformException.AlreadyExists()
        else -> passkeyFailure(refused.domError)
    }
    else -> PlatformException.Internal(refused.type)
}

/** Why no passkey was shown. */
internal fun passkeyFailure(refused: GetCredentialException): PlatformException = when (refused) {
    is GetCredentialCancellationException -> PlatformException.Cancelled()
    is GetCredentialInterruptedException -> PlatformException.Cancelled()
    is NoCredentialException -> PlatformException.NotFound()
    is GetCredentialUnsupportedException -> PlatformException.Unsupported()
    is GetCredentialProviderConfigurationException -> noProvider()
    is GetPublicKeyCredentialDomException -> passkeyFailure(refused.domError)
    else -> PlatformException.Internal(refused.type)
}

/** The errors of WebAuthn (Level 3, §5.1.3 and §5.1.4), in the words of the provider. */
private fun passkeyFailure(error: DomError): PlatformException = when (error) {
    is NotAllowedError, is AbortError, is OptOutError -> PlatformException.Cancelled()
    is TimeoutError -> PlatformException.TimedOut()
    is NotFoundError -> PlatformException.NotFound()
    is NotSupportedError, is ConstraintError -> PlatformException.Unsupported()
    // Google's provider answers with either if the site does not name the app.
    is SecurityError, is DataError ->
        PlatformException.Configuration(
            "the site's assetlinks.json does not name this app and its certificate",
        )
    else -> PlatformException.Internal(error.type)
}

private fun noProvider() = PlatformException.Configuration(
    "no provider of passkeys: before Android 14 the app needs credentials-play-services-auth",
)
