//! What a screen shows of a flow.

use std::time::SystemTime;

use crate::{
    error::StepUpError, mfa::MfaFactorKind, otp::OtpChannel, platform::CaptchaChallenge, scope::TokenScope,
    state::EpochEnd, step_up::StepUpOption, token::Elevation,
};

/// Where a step-up stands. Each state holds all that a screen needs to show it; `docs/flow.md` has the whole
/// picture.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum StepUpFlowState {
    /// The server is asked whether a step-up is needed, and with what.
    Checking,
    /// The user chooses a method: `select`.
    Choosing {
        /// What to choose from, the best first. Empty if the user has nothing that serves.
        options: Vec<StepUpOption>,
        /// What the user could add to have a method; asked for only where there is no option.
        enrollment_hints: Vec<MfaFactorKind>,
        /// Whether the server named the options. If not, they are derived from the signed-in user; `retry`
        /// asks again.
        is_confirmed: bool,
        /// What went wrong last, if anything did. `retry` repeats what it was.
        error: Option<StepUpError>,
    },
    /// The environment wants a captcha first, and the app has no `CaptchaProvider`: `submit_captcha`.
    CaptchaNeeded {
        /// The method that goes on then.
        option: StepUpOption,
        /// The captcha to show.
        challenge: CaptchaChallenge,
    },
    /// A code is being sent.
    SendingCode {
        /// By this method.
        option: StepUpOption,
    },
    /// The user types a code: `submit`. `resend` sends another one where the code comes by e-mail or SMS.
    AwaitingCode {
        /// The method.
        option: StepUpOption,
        /// What to show beside the field.
        prompt: CodePrompt,
    },
    /// The system's passkey sheet is shown, or about to be.
    AwaitingCeremony {
        /// The method.
        option: StepUpOption,
    },
    /// The user is with the provider in the browser.
    AwaitingBrowser {
        /// The method.
        option: StepUpOption,
    },
    /// The wallet asks the user to sign.
    AwaitingSignature {
        /// The method.
        option: StepUpOption,
    },
    /// The app's backend has to vouch for the user: `submit_external_jwt`.
    AwaitingExternalJwt {
        /// The method.
        option: StepUpOption,
        /// What the assertion's claim `scope` has to name.
        scopes: Vec<TokenScope>,
        /// What was wrong with the last one.
        error: Option<StepUpError>,
    },
    /// The server looks at the proof.
    Verifying {
        /// The method.
        option: StepUpOption,
    },
    /// The end: every scope is covered by a stored token, or the server says that none is required. No
    /// reservation: whoever finds a single-use token gone starts anew.
    Granted {
        /// What the stored tokens permit.
        elevations: Vec<Elevation>,
        /// Scopes that the server requires nothing for.
        not_required: Vec<TokenScope>,
    },
    /// The end: the app, the user or the session's end wanted it. Nothing of the flow is kept.
    Cancelled {
        /// Why.
        reason: StepUpFlowEnd,
    },
    /// The end: no method can help.
    Failed {
        /// Why.
        error: StepUpError,
    },
}

/// What to show beside the field for a code.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct CodePrompt {
    /// How the code is sent; none for an authenticator app and for recovery codes.
    pub channel: Option<OtpChannel>,
    /// Where it was sent, masked.
    pub masked_destination: Option<String>,
    /// From when on to offer to send it again, on this device's clock; none where nothing is sent.
    pub resend_at: Option<SystemTime>,
    /// Whether another code is being sent.
    pub is_resending: bool,
    /// What was wrong with the last code, or with sending it again. `InvalidCode` tells a wrong one from an
    /// expired one.
    pub error: Option<StepUpError>,
}

/// Why a flow was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum StepUpFlowEnd {
    /// `cancel` was called.
    ByApp,
    /// The user has signed out.
    SignedOut,
    /// Somebody has signed in, the same user or another one.
    AnotherSignIn,
    /// The session has ended: it ran out, was revoked, or its account is deleted.
    SessionEnded,
    /// A key of this device or session is lost.
    KeyLost,
    /// The client was shut down.
    ClientClosed,
}

impl StepUpFlowState {
    /// Whether the flow has ended: no other state follows.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Granted { .. } | Self::Cancelled { .. } | Self::Failed { .. })
    }

    pub(super) fn failure(&self) -> Option<&StepUpError> {
        if let Self::Failed { error } = self { Some(error) } else { None }
    }
}

impl From<EpochEnd> for StepUpFlowEnd {
    fn from(end: EpochEnd) -> Self {
        match end {
            EpochEnd::SignedOut => Self::SignedOut,
            EpochEnd::AnotherSignIn => Self::AnotherSignIn,
            EpochEnd::SessionEnded => Self::SessionEnded,
            EpochEnd::KeyLost => Self::KeyLost,
        }
    }
}
