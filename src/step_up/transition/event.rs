//! What happens to a flow, and what it has done about it.

use std::{fmt, time::SystemTime};

use serde_json::Value;

use crate::{
    error::StepUpError,
    identifier::{CredentialId, MfaFactorId, OptionId, VerificationId},
    mfa::MfaFactorKind,
    oauth::SocialProvider,
    otp::OtpVerification,
    platform::CaptchaChallenge,
    scope::TokenScope,
    secret::SecretString,
    step_up::{FlowOrigin, PreparedPasskey, StepUpFlowEnd, StepUpOption},
    token::Elevation,
};

/// Something that happened. Time comes in with the events that need it, on this device's clock.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// The app: the user has chosen an option.
    Select { option_id: OptionId, now: SystemTime },
    /// The app: the user has typed a code.
    Submit { code: SecretString },
    /// The app: the user has solved the captcha.
    SubmitCaptcha { token: SecretString },
    /// The app: its backend vouches for the user.
    SubmitExternalJwt { jwt: SecretString },
    /// The app: another method.
    Back { now: SystemTime },
    /// The app: another code.
    Resend,
    /// The app: once more what went wrong.
    Retry { now: SystemTime },
    /// The app: no more of it.
    Cancel,
    /// The session or the client has ended.
    Ended { reason: StepUpFlowEnd },
    /// `Effect::Check` has ended.
    Checked { checked: Checked, now: SystemTime },
    /// `Effect::PreparePasskey` has ended.
    PasskeyPrepared { outcome: Result<PreparedPasskey, StepUpError> },
    /// The prepared passkey ceremony has run out.
    PasskeyRunOut,
    /// `Effect::SendCode` or `Effect::ResendCode` has ended.
    CodeSent { outcome: Result<OtpVerification, StepUpError>, now: SystemTime },
    /// What an effect sends wants a captcha, and the app has no `CaptchaProvider`.
    CaptchaWanted { challenge: CaptchaChallenge },
    /// `Effect::ShowPasskey` or `Effect::SignWithWallet` has ended.
    Proven { outcome: Result<Proof, StepUpError> },
    /// The redirect of `Effect::OpenBrowser` has come back and is being redeemed.
    Redeeming,
    /// `Effect::Verify`, or `Effect::OpenBrowser` with its redemption, has ended. `covered` is what is held
    /// for the flow's scopes at that moment, whatever the outcome.
    Verified { outcome: Result<(), StepUpError>, covered: Vec<Elevation> },
}

/// What a check of all scopes has found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Checked {
    /// Scopes that a step-up is required for; empty if for none.
    pub(crate) missing: Vec<TokenScope>,
    /// Scopes that the server requires nothing for.
    pub(crate) not_required: Vec<TokenScope>,
    /// What is held already.
    pub(crate) held: Vec<Elevation>,
    pub(crate) options: Vec<StepUpOption>,
    pub(crate) enrollment_hints: Vec<MfaFactorKind>,
    pub(crate) is_confirmed: bool,
    /// Why the server could not be asked, or why nothing can be done.
    pub(crate) error: Option<StepUpError>,
}

/// Something to do. While one runs, no other of its kind is begun.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    /// Ask about each scope that the flow is for.
    Check,
    /// Fetch the passkey's options, so that the sheet follows the tap at once.
    PreparePasskey,
    /// Send a code to a credential.
    SendCode { credential_id: CredentialId, captcha: Option<SecretString> },
    /// Send the code of a verification again.
    ResendCode { verification_id: VerificationId, captcha: Option<SecretString> },
    /// Show the system's sheet.
    ShowPasskey { prepared: PreparedPasskey },
    /// Have the wallet sign.
    SignWithWallet { credential_id: Option<CredentialId>, captcha: Option<SecretString> },
    /// Send the user to the provider and redeem what comes back.
    OpenBrowser { provider: SocialProvider, scopes: Vec<TokenScope>, origin: FlowOrigin },
    /// Show the proof to the server.
    Verify { proof: Proof, scopes: Vec<TokenScope> },
    /// Stop whatever runs: its outcome is not wanted any more.
    Abort,
}

/// What the user proves it with. Never printed.
#[derive(Clone, PartialEq)]
pub(crate) enum Proof {
    Otp { code: SecretString, verification_id: VerificationId, is_second_factor: bool },
    Totp { code: SecretString, device_id: Option<MfaFactorId> },
    RecoveryCode { code: SecretString },
    Passkey { body: Value },
    Wallet { body: Value },
    ExternalJwt { jwt: SecretString },
}

impl fmt::Debug for Proof {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Otp { .. } => "Otp",
            Self::Totp { .. } => "Totp",
            Self::RecoveryCode { .. } => "RecoveryCode",
            Self::Passkey { .. } => "Passkey",
            Self::Wallet { .. } => "Wallet",
            Self::ExternalJwt { .. } => "ExternalJwt",
        })
    }
}
