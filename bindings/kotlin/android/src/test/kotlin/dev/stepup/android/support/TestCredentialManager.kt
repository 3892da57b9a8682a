package dev.stepup.android.support

import android.app.PendingIntent
import android.content.Context
import android.os.CancellationSignal
import androidx.credentials.ClearCredentialStateRequest
import androidx.credentials.CreateCredentialRequest
import androidx.credentials.CreateCredentialResponse
import androidx.credentials.CreatePublicKeyCredentialRequest
import androidx.credentials.CredentialManager
import androidx.credentials.CredentialManagerCallback
import androidx.credentials.GetCredentialRequest
import androidx.credentials.GetCredentialResponse
import androidx.credentials.GetPublicKeyCredentialOption
import androidx.credentials.PrepareGetCredentialResponse
import androidx.credentials.exceptions.ClearCredentialException
import androidx.credentials.exceptions.CreateCredentialException
import androidx.credentials.exceptions.GetCredentialException
import java.util.concurrent.Executor

/** The sheet, with a user who does what the test says. */
internal class TestCredentialManager : CredentialManager {
    var created: CreateCredentialResponse? = null
    var createFailure: CreateCredentialException? = null
    var got: GetCredentialResponse? = null
    var getFailure: GetCredentialException? = null

    var context: Context? = null
        private set
    var creationOptions: String? = null
        private set
    var requestOptions: String? = null
        private set

    override fun createCredentialAsync(
        context: Context,
        request: CreateCredentialRequest,
        cancellationSignal: CancellationSignal?,
        executor: Executor,
        callback: CredentialManagerCallback<CreateCredentialResponse, CreateCredentialException>,
    ) {
        this.context = context
        creationOptions = (request as CreatePublicKeyCredentialRequest).requestJson
        executor.execute { createFailure?.let(callback::onError) ?: callback.onResult(created!!) }
    }

    override fun getCredentialAsync(
        context: Context,
        request: GetCredentialRequest,
        cancellationSignal: CancellationSignal?,
        executor: Executor,
        callback: CredentialManagerCallback<GetCredentialResponse, GetCredentialException>,
    ) {
        this.context = context
        requestOptions = (request.credentialOptions.single() as GetPublicKeyCredentialOption).requestJson
        executor.execute { getFailure?.let(callback::onError) ?: callback.onResult(got!!) }
    }

    override fun getCredentialAsync(
        context: Context,
        pendingGetCredentialHandle: PrepareGetCredentialResponse.PendingGetCredentialHandle,
        cancellationSignal: CancellationSignal?,
        executor: Executor,
        callback: CredentialManagerCallback<GetCredentialResponse, GetCredentialException>,
    ) = throw UnsupportedOperationException()

    override fun prepareGetCredentialAsync(
        request: GetCredentialRequest,
        cancellationSignal: CancellationSignal?,
        executor: Executor,
        callback: CredentialManagerCallback<PrepareGetCredentialResponse, GetCredentialException>,
    ) = throw UnsupportedOperationException()

    override fun clearCredentialStateAsync(
        request: ClearCredentialStateRequest,
        cancellationSignal: CancellationSignal?,
        executor: Executor,
        callback: CredentialManagerCallback<Void?, ClearCredentialException>,
    ) = throw UnsupportedOperationException()

    override fun createSettingsPendingIntent(): PendingIntent = throw UnsupportedOperationException()
}
