//! Error × what the app does. `docs/errors.md` is the same table for readers; a test compares the two.

use super::{CodeRefusal, PlatformCallback, StepUpError, StorageFailure, UnavailableReason};

/// What the app should do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum ErrorKind {
    /// Nothing: the user or the app wanted it.
    Cancelled,
    /// Try again later; see `retry_after`.
    RetryLater,
    /// Let the user try again with the same method, for example retype the code.
    AskUserAgain,
    /// Offer another way to verify.
    ChooseAnotherMethod,
    /// Run a step-up for the scope named, then call again.
    StepUpNeeded,
    /// Have this device registered.
    RegisterDevice,
    /// The registration link is of no use; ask for a new one by signing in again.
    RequestNewLink,
    /// Have the user sign in again.
    SignInAgain,
    /// Change the app's or the environment's configuration.
    FixConfiguration,
    /// A fault of the calling code, of a callback or of this library.
    Bug,
}

/// Codes of a 422 that are about what the user typed.
const USER_INPUT_CODES: [&str; 9] = [
    "invalid_email",
    "invalid_email_address",
    "email_cannot_be_null",
    "invalid_phone",
    "missing_phone_number_or_email",
    "invalid_username",
    "username_already_exists",
    "email_already_exists",
    "custom_field_data_not_unique",
];

/// Codes that say that another credential or account has to be used, or that this one has to stay.
const ACCOUNT_CODES: [&str; 11] = [
    "user_has_already_account_with_email",
    "user_has_already_account_with_phone_number",
    "email_associated_with_different_provider",
    "cannot_delete_last_sign_in_verified_credential",
    "cannot_delete_passkey_linked_to_embedded_wallet",
    "email_tied_to_embedded_wallet",
    "linked_embedded_wallet",
    "forbidden_unlink_request",
    "max_passkeys_per_user",
    "merge_accounts_invalid",
    "chainalysis_blocked_wallet",
];

/// Codes that say that the environment does not offer what was asked for.
const CONFIGURATION_CODES: [&str; 5] = [
    "no_enabled_email_provider",
    "no_enabled_sms_provider",
    "provider_not_available",
    "unauthorized_mobile_deeplink_url",
    "invalid_mobile_deeplink_urls",
];

pub(super) fn of(error: &StepUpError) -> ErrorKind {
    match error {
        StepUpError::Cancelled => ErrorKind::Cancelled,
        StepUpError::SessionReplaced
        | StepUpError::RateLimited { .. }
        | StepUpError::Network { .. }
        | StepUpError::UnexpectedAnswer { .. } => ErrorKind::RetryLater,
        StepUpError::TimedOut { what } => match what {
            PlatformCallback::Passkey
            | PlatformCallback::Browser
            | PlatformCallback::Wallet
            | PlatformCallback::Captcha => ErrorKind::AskUserAgain,
            PlatformCallback::Storage
            | PlatformCallback::Keys
            | PlatformCallback::Log
            | PlatformCallback::Listener => ErrorKind::RetryLater,
        },
        StepUpError::InvalidCode { reason, .. } => match reason {
            CodeRefusal::TooManyAttempts => ErrorKind::ChooseAnotherMethod,
            CodeRefusal::Malformed | CodeRefusal::Wrong | CodeRefusal::Expired => ErrorKind::AskUserAgain,
        },
        StepUpError::MethodUnavailable { reason: UnavailableReason::CaptchaRequired, .. } => {
            ErrorKind::FixConfiguration
        }
        StepUpError::AuthenticatorClockWrong { .. } | StepUpError::RedirectRefused { .. } => {
            ErrorKind::AskUserAgain
        }
        StepUpError::NotElevated { .. }
        | StepUpError::MethodUnavailable { .. }
        | StepUpError::ProviderRefused { .. } => ErrorKind::ChooseAnotherMethod,
        StepUpError::InvalidRegistrationLink { .. } => ErrorKind::RequestNewLink,
        StepUpError::StepUpRequired { .. } => ErrorKind::StepUpNeeded,
        StepUpError::DeviceRegistrationRequired => ErrorKind::RegisterDevice,
        StepUpError::NotSignedIn { .. } | StepUpError::IdentityMismatch | StepUpError::KeyLost => {
            ErrorKind::SignInAgain
        }
        StepUpError::StorageFailed { reason } => match reason {
            StorageFailure::Unavailable | StorageFailure::Locked => ErrorKind::RetryLater,
            StorageFailure::Corrupt => ErrorKind::SignInAgain,
            StorageFailure::NewerVersion => ErrorKind::FixConfiguration,
        },
        StepUpError::AlreadyOpen | StepUpError::InvalidConfiguration { .. } => ErrorKind::FixConfiguration,
        // What people type into the app's own fields.
        StepUpError::InvalidArgument { argument, .. }
            if matches!(argument.as_str(), "email" | "phone" | "alias") =>
        {
            ErrorKind::AskUserAgain
        }
        StepUpError::Server { answer, .. } => of_answer(answer.status, answer.code.as_deref()),
        StepUpError::ClientClosed
        | StepUpError::InvalidArgument { .. }
        | StepUpError::InvalidTransition { .. }
        | StepUpError::CallbackFailed { .. }
        | StepUpError::Internal { .. } => ErrorKind::Bug,
    }
}

fn of_answer(status: u16, code: Option<&str>) -> ErrorKind {
    match (status, code) {
        (_, Some(code)) if USER_INPUT_CODES.contains(&code) => ErrorKind::AskUserAgain,
        (_, Some(code)) if ACCOUNT_CODES.contains(&code) => ErrorKind::ChooseAnotherMethod,
        (_, Some(code)) if CONFIGURATION_CODES.contains(&code) => ErrorKind::FixConfiguration,
        // Redirects are not followed: an address that redirects is a wrong base URL.
        (300..=399 | 403 | 404, _) => ErrorKind::FixConfiguration,
        (400 | 405..=407 | 410..=428, _) => ErrorKind::Bug,
        _ => ErrorKind::RetryLater,
    }
}
