package dev.stepup.okhttp

import dev.stepup.StepUpAuthClient
import dev.stepup.core.StepUpException.StepUpRequired
import dev.stepup.core.TokenScope
import java.io.IOException
import okhttp3.Call
import okhttp3.Response

/** A refusal is short: of an answer that may be one, no more is read in advance. */
internal const val LONGEST_REFUSAL = 64L * 1024

/**
 * What the core makes of the answer to a call: the refusal, if it asks for a step-up. Then the token that was
 * sent is dropped. The body can still be read afterwards; if it breaks, or the call is cancelled, the answer
 * is closed.
 */
internal fun StepUpAuthClient.refusal(
    call: Call,
    scope: TokenScope,
    sent: CallCredentials,
    answer: Response,
): StepUpRequired? {
    // The core looks at no other body either.
    if (answer.code != 403) return null
    return try {
        val body = answer.peekBody(LONGEST_REFUSAL).bytes()
        call.await { refusal(scope, sent, answer.code, body) }
    } catch (failure: IOException) {
        answer.close()
        throw failure
    }
}

private suspend fun StepUpAuthClient.refusal(
    scope: TokenScope,
    sent: CallCredentials,
    status: Int,
    body: ByteArray,
): StepUpRequired? =
    try {
        ensureNotRefused(scope, sent.headers, status, body)
        null
    } catch (refusal: StepUpRequired) {
        refusal
    }
