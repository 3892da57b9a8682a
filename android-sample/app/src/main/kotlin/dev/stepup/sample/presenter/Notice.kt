package dev.stepup.sample.presenter

import dev.stepup.core.CodeRefusal
import dev.stepup.core.ErrorKind
import dev.stepup.core.LinkRefusal
import dev.stepup.core.NetworkFailure
import dev.stepup.core.StepUpException
import dev.stepup.core.StorageFailure
import dev.stepup.core.UnavailableReason
import dev.stepup.kind
import dev.stepup.okhttp.StepUpIOException
import java.io.IOException

/**
 * One sentence for the user, as the key of a text: the screens know it in the user's language.
 *
 * @property isError whether something went wrong.
 */
enum class Notice(val isError: Boolean = true) {
    CODE_WRONG,
    CODE_MALFORMED,
    CODE_EXPIRED,
    TOO_MANY_ATTEMPTS,
    TOO_MANY_REQUESTS,
    EMAIL_INVALID,
    PHONE_INVALID,
    NAME_INVALID,
    OFFLINE,
    NO_ANSWER,
    TRY_LATER,
    TRY_AGAIN,
    NOT_ENROLLED,
    NOT_ON_THIS_DEVICE,
    UNSUPPORTED,
    NOT_ENABLED,
    PROOF_REFUSED,
    ALREADY_THERE,
    DIFFERENT_ACCOUNT,
    BELONGS_TO_ANOTHER_USER,
    CAPTCHA_REQUIRED,
    CODES_NOT_READABLE,
    AUTHENTICATOR_CLOCK_WRONG,
    PROVIDER_REFUSED,
    NOT_ENOUGH,
    LINK_INVALID,
    LINK_FOREIGN,
    LINK_USED,
    LINK_EXPIRED,
    LINK_REFUSED,
    REGISTER_DEVICE,
    STEP_UP_REQUIRED,
    SIGN_IN_AGAIN,
    STORAGE_LOCKED,
    STORAGE_FAILED,
    REFUSED,
    CONFIGURATION,
    ENVIRONMENT_INVALID,
    ADDRESS_INVALID,
    UNEXPECTED,
    SESSION_ENDED,
    EXPORTED(isError = false),
    LINKED(isError = false),
    UNLINKED(isError = false),
    ENROLLED(isError = false),
    REMOVED(isError = false),
    RENAMED(isError = false),
    ACKNOWLEDGED(isError = false),
    DEVICE_CONFIRMED(isError = false),
    DEVICE_REVOKED(isError = false),
    SAVED(isError = false),
}

/** What to tell the user about this; nothing if they, or a second tap, wanted it so. */
val StepUpException.notice: Notice?
    get() = when (this) {
        is StepUpException.InvalidCode -> ofCode(reason)
        is StepUpException.MethodUnavailable -> ofMethod(reason)
        is StepUpException.InvalidRegistrationLink -> ofLink(reason)
        is StepUpException.InvalidArgument -> ofArgument(argument)
        is StepUpException.Network ->
            if (failure == NetworkFailure.CONNECT_FAILED) Notice.OFFLINE else Notice.NO_ANSWER
        is StepUpException.StorageFailed ->
            if (reason == StorageFailure.LOCKED) Notice.STORAGE_LOCKED else Notice.STORAGE_FAILED
        is StepUpException.RateLimited -> Notice.TOO_MANY_REQUESTS
        is StepUpException.AuthenticatorClockWrong -> Notice.AUTHENTICATOR_CLOCK_WRONG
        is StepUpException.ProviderRefused -> Notice.PROVIDER_REFUSED
        is StepUpException.NotElevated -> Notice.NOT_ENOUGH
        is StepUpException.InvalidTransition -> null
        else -> ofKind(kind)
    }

/** As above, for whatever a call to a backend can fail with; other exceptions are thrown on. */
fun noticeOf(thrown: Exception): Notice? = when (thrown) {
    is StepUpException -> thrown.notice
    is StepUpIOException -> thrown.cause.notice
    is IOException -> Notice.OFFLINE
    else -> throw thrown
}

private fun ofCode(reason: CodeRefusal) = when (reason) {
    CodeRefusal.MALFORMED -> Notice.CODE_MALFORMED
    CodeRefusal.WRONG -> Notice.CODE_WRONG
    CodeRefusal.EXPIRED -> Notice.CODE_EXPIRED
    CodeRefusal.TOO_MANY_ATTEMPTS -> Notice.TOO_MANY_ATTEMPTS
}

internal fun ofMethod(reason: UnavailableReason): Notice = when (reason) {
    UnavailableReason.NOT_ENROLLED -> Notice.NOT_ENROLLED
    UnavailableReason.NOT_ON_THIS_DEVICE -> Notice.NOT_ON_THIS_DEVICE
    UnavailableReason.UNSUPPORTED -> Notice.UNSUPPORTED
    UnavailableReason.NOT_ENABLED_FOR_SIGN_IN -> Notice.NOT_ENABLED
    UnavailableReason.PROOF_REFUSED -> Notice.PROOF_REFUSED
    UnavailableReason.ALREADY_ENROLLED -> Notice.ALREADY_THERE
    UnavailableReason.DIFFERENT_ACCOUNT -> Notice.DIFFERENT_ACCOUNT
    UnavailableReason.BELONGS_TO_ANOTHER_USER -> Notice.BELONGS_TO_ANOTHER_USER
    UnavailableReason.CAPTCHA_REQUIRED -> Notice.CAPTCHA_REQUIRED
    UnavailableReason.ALREADY_ACKNOWLEDGED -> Notice.CODES_NOT_READABLE
}

private fun ofLink(reason: LinkRefusal) = when (reason) {
    LinkRefusal.MALFORMED -> Notice.LINK_INVALID
    LinkRefusal.FOREIGN -> Notice.LINK_FOREIGN
    LinkRefusal.USED -> Notice.LINK_USED
    LinkRefusal.EXPIRED -> Notice.LINK_EXPIRED
    LinkRefusal.REFUSED -> Notice.LINK_REFUSED
}

private fun ofArgument(argument: String) = when (argument) {
    "email" -> Notice.EMAIL_INVALID
    "phone" -> Notice.PHONE_INVALID
    "alias" -> Notice.NAME_INVALID
    else -> Notice.UNEXPECTED
}

private fun ofKind(kind: ErrorKind) = when (kind) {
    ErrorKind.CANCELLED -> null
    ErrorKind.RETRY_LATER -> Notice.TRY_LATER
    ErrorKind.ASK_USER_AGAIN -> Notice.TRY_AGAIN
    ErrorKind.CHOOSE_ANOTHER_METHOD -> Notice.NOT_ENABLED
    ErrorKind.STEP_UP_NEEDED -> Notice.STEP_UP_REQUIRED
    ErrorKind.REGISTER_DEVICE -> Notice.REGISTER_DEVICE
    ErrorKind.REQUEST_NEW_LINK -> Notice.LINK_REFUSED
    ErrorKind.SIGN_IN_AGAIN -> Notice.SIGN_IN_AGAIN
    ErrorKind.FIX_CONFIGURATION -> Notice.CONFIGURATION
    ErrorKind.BUG -> Notice.UNEXPECTED
}
