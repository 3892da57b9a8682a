package dev.stepup.sample.screen

import androidx.annotation.StringRes
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.automirrored.filled.List
import androidx.compose.material.icons.filled.AccountBox
import androidx.compose.material.icons.filled.AccountCircle
import androidx.compose.material.icons.filled.Build
import androidx.compose.material.icons.filled.Email
import androidx.compose.material.icons.filled.Face
import androidx.compose.material.icons.filled.Lock
import androidx.compose.material.icons.filled.Phone
import androidx.compose.runtime.Composable
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.res.stringResource
import dev.stepup.core.CredentialFormat
import dev.stepup.core.OnboardingDuty
import dev.stepup.core.SocialProvider
import dev.stepup.core.StepUpMethod
import dev.stepup.sample.R
import dev.stepup.sample.presenter.LinkedCredential
import dev.stepup.sample.presenter.Notice
import java.time.Instant
import java.time.ZoneId
import java.time.format.DateTimeFormatter
import java.time.format.FormatStyle

/** The sentence for the user. */
@get:StringRes
internal val Notice.text: Int
    get() = when (this) {
        Notice.CODE_WRONG -> R.string.notice_code_wrong
        Notice.CODE_MALFORMED -> R.string.notice_code_malformed
        Notice.CODE_EXPIRED -> R.string.notice_code_expired
        Notice.TOO_MANY_ATTEMPTS -> R.string.notice_too_many_attempts
        Notice.TOO_MANY_REQUESTS -> R.string.notice_too_many_requests
        Notice.EMAIL_INVALID -> R.string.notice_email_invalid
        Notice.PHONE_INVALID -> R.string.notice_phone_invalid
        Notice.NAME_INVALID -> R.string.notice_name_invalid
        Notice.OFFLINE -> R.string.notice_offline
        Notice.NO_ANSWER -> R.string.notice_no_answer
        Notice.TRY_LATER -> R.string.notice_try_later
        Notice.TRY_AGAIN -> R.string.notice_try_again
        Notice.NOT_ENROLLED -> R.string.notice_not_enrolled
        Notice.NOT_ON_THIS_DEVICE -> R.string.notice_not_on_this_device
        Notice.UNSUPPORTED -> R.string.notice_unsupported
        Notice.NOT_ENABLED -> R.string.notice_not_enabled
        Notice.PROOF_REFUSED -> R.string.notice_proof_refused
        Notice.ALREADY_THERE -> R.string.notice_already_there
        Notice.DIFFERENT_ACCOUNT -> R.string.notice_different_account
        Notice.BELONGS_TO_ANOTHER_USER -> R.string.notice_belongs_to_another_user
        Notice.CAPTCHA_REQUIRED -> R.string.notice_captcha_required
        Notice.CODES_NOT_READABLE -> R.string.notice_codes_not_readable
        Notice.AUTHENTICATOR_CLOCK_WRONG -> R.string.notice_authenticator_clock_wrong
        Notice.PROVIDER_REFUSED -> R.string.notice_provider_refused
        Notice.NOT_ENOUGH -> R.string.notice_not_enough
        Notice.LINK_INVALID -> R.string.notice_link_invalid
        Notice.LINK_FOREIGN -> R.string.notice_link_foreign
        Notice.LINK_USED -> R.string.notice_link_used
        Notice.LINK_EXPIRED -> R.string.notice_link_expired
        Notice.LINK_REFUSED -> R.string.notice_link_refused
        Notice.REGISTER_DEVICE -> R.string.notice_register_device
        Notice.STEP_UP_REQUIRED -> R.string.notice_step_up_required
        Notice.SIGN_IN_AGAIN -> R.string.notice_sign_in_again
        Notice.STORAGE_LOCKED -> R.string.notice_storage_locked
        Notice.STORAGE_FAILED -> R.string.notice_storage_failed
        Notice.REFUSED -> R.string.notice_refused
        Notice.CONFIGURATION -> R.string.notice_configuration
        Notice.ENVIRONMENT_INVALID -> R.string.notice_environment_invalid
        Notice.ADDRESS_INVALID -> R.string.notice_address_invalid
        Notice.UNEXPECTED -> R.string.notice_unexpected
        Notice.SESSION_ENDED -> R.string.notice_session_ended
        Notice.EXPORTED -> R.string.notice_exported
        Notice.LINKED -> R.string.notice_linked
        Notice.UNLINKED -> R.string.notice_unlinked
        Notice.ENROLLED -> R.string.notice_enrolled
        Notice.REMOVED -> R.string.notice_removed
        Notice.RENAMED -> R.string.notice_renamed
        Notice.ACKNOWLEDGED -> R.string.notice_acknowledged
        Notice.DEVICE_CONFIRMED -> R.string.notice_device_confirmed
        Notice.DEVICE_REVOKED -> R.string.notice_device_revoked
        Notice.SAVED -> R.string.notice_saved
    }

/** What a method is called. */
@Composable
internal fun StepUpMethod.name(): String = when (this) {
    is StepUpMethod.Passkey -> stringResource(R.string.method_passkey)
    is StepUpMethod.Totp -> stringResource(R.string.method_totp)
    is StepUpMethod.Email -> stringResource(R.string.method_email)
    is StepUpMethod.Sms -> stringResource(R.string.method_sms)
    is StepUpMethod.Wallet -> stringResource(R.string.method_wallet)
    is StepUpMethod.Social -> provider.name()
    is StepUpMethod.ExternalJwt -> stringResource(R.string.method_backend)
    is StepUpMethod.RecoveryCode -> stringResource(R.string.method_recovery_code)
}

internal val StepUpMethod.icon: ImageVector
    get() = when (this) {
        is StepUpMethod.Passkey -> Icons.Default.Face
        is StepUpMethod.Totp -> Icons.Default.Lock
        is StepUpMethod.Email -> Icons.Default.Email
        is StepUpMethod.Sms -> Icons.Default.Phone
        is StepUpMethod.Wallet -> Icons.Default.AccountBox
        is StepUpMethod.Social -> Icons.Default.AccountCircle
        is StepUpMethod.ExternalJwt -> Icons.Default.Build
        is StepUpMethod.RecoveryCode -> Icons.AutoMirrored.Filled.List
    }

/** Names of companies are the same in all languages. */
internal fun SocialProvider.name(): String = when (this) {
    is SocialProvider.Google -> "Google"
    is SocialProvider.Apple -> "Apple"
    is SocialProvider.Github -> "GitHub"
    is SocialProvider.Twitter -> "X"
    is SocialProvider.Discord -> "Discord"
    is SocialProvider.Facebook -> "Facebook"
    is SocialProvider.Twitch -> "Twitch"
    is SocialProvider.Tiktok -> "TikTok"
    is SocialProvider.Shopify -> "Shopify"
    is SocialProvider.Other -> v1
}

/** What a way to sign in is called: the name of the company, where the server has an id for it. */
internal val LinkedCredential.name: String
    get() {
        val provider = providers.find { it.name().equals(label, ignoreCase = true) }
        return if (format is CredentialFormat.OAuth && provider != null) provider.name() else label
    }

private val providers = listOf(SocialProvider.Google, SocialProvider.Apple, SocialProvider.Github)

internal val CredentialFormat.icon: ImageVector
    get() = when (this) {
        is CredentialFormat.Email -> Icons.Default.Email
        is CredentialFormat.PhoneNumber -> Icons.Default.Phone
        is CredentialFormat.Passkey -> Icons.Default.Face
        is CredentialFormat.Blockchain -> Icons.Default.AccountBox
        is CredentialFormat.ExternalUser -> Icons.Default.Build
        is CredentialFormat.Totp -> Icons.Default.Lock
        is CredentialFormat.OAuth, is CredentialFormat.Other -> Icons.Default.AccountCircle
    }

@get:StringRes
internal val OnboardingDuty.title: Int
    get() = when (this) {
        OnboardingDuty.REGISTER_DEVICE -> R.string.duty_register_device
        OnboardingDuty.COMPLETE_MFA -> R.string.duty_complete_mfa
        OnboardingDuty.ACKNOWLEDGE_RECOVERY_CODES -> R.string.duty_recovery_codes
        OnboardingDuty.COMPLETE_PROFILE -> R.string.duty_profile
    }

/** What does not work until it is done. */
@get:StringRes
internal val OnboardingDuty.consequence: Int
    get() = when (this) {
        OnboardingDuty.REGISTER_DEVICE -> R.string.duty_register_device_blocks
        OnboardingDuty.COMPLETE_MFA -> R.string.duty_complete_mfa_blocks
        OnboardingDuty.ACKNOWLEDGE_RECOVERY_CODES -> R.string.duty_recovery_codes_blocks
        OnboardingDuty.COMPLETE_PROFILE -> R.string.duty_profile_blocks
    }

/** A moment as people here write it. */
internal fun Instant.time(): String =
    DateTimeFormatter.ofLocalizedTime(FormatStyle.SHORT).withZone(ZoneId.systemDefault()).format(this)

/** A day as people here write it. */
internal fun Instant.day(): String =
    DateTimeFormatter.ofLocalizedDate(FormatStyle.MEDIUM).withZone(ZoneId.systemDefault()).format(this)
