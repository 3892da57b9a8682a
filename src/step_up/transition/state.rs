//! All that a flow knows.

use std::time::SystemTime;

use super::Effect;
use crate::{
    error::{StepUpError, UnavailableReason},
    identifier::{CredentialId, OptionId, VerificationId},
    mfa::MfaFactorKind,
    platform::CaptchaChallenge,
    scope::TokenScope,
    step_up::{
        CodePrompt, PreparedPasskey, StepUpFilter, StepUpFlowEnd, StepUpFlowState, StepUpMethod, StepUpOption,
    },
    token::Elevation,
};

/// What the app asked for; stays the same.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    pub(crate) scopes: Vec<TokenScope>,
    pub(crate) filter: StepUpFilter,
    pub(crate) preferred_credential_id: Option<CredentialId>,
    pub(crate) auto_select: bool,
}

/// A flow at one moment. Holds no secret.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct State {
    pub(crate) asked: Asked,
    pub(crate) known: Known,
    pub(crate) phase: Phase,
}

/// What the last check has found, and what has come of it since.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Known {
    /// Scopes that a token is still needed for.
    pub(crate) missing: Vec<TokenScope>,
    pub(crate) not_required: Vec<TokenScope>,
    /// None before a check was answered.
    pub(crate) options: Option<Vec<StepUpOption>>,
    pub(crate) enrollment_hints: Vec<MfaFactorKind>,
    pub(crate) is_confirmed: bool,
    pub(crate) passkey: PasskeyPreparation,
    /// The option that failed when there were no options to choose from yet.
    pub(crate) failed: Option<(StepUpOption, StepUpError)>,
    /// The only option was chosen without asking.
    pub(crate) has_auto_selected: bool,
}

/// The passkey's options, fetched ahead.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PasskeyPreparation {
    None,
    UnderWay,
    Ready(PreparedPasskey),
}

/// Where a flow stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Phase {
    Checking,
    Choosing { error: Option<StepUpError>, again: Option<Again> },
    CaptchaNeeded { option: StepUpOption, challenge: CaptchaChallenge, then: AfterCaptcha },
    SendingCode { option: StepUpOption },
    AwaitingCode { option: StepUpOption, code: AwaitedCode },
    AwaitingCeremony { option: StepUpOption },
    AwaitingBrowser { option: StepUpOption },
    AwaitingSignature { option: StepUpOption },
    AwaitingExternalJwt { option: StepUpOption, error: Option<StepUpError> },
    Verifying { option: StepUpOption, code: Option<AwaitedCode> },
    Granted { elevations: Vec<Elevation> },
    Cancelled { reason: StepUpFlowEnd },
    Failed { error: StepUpError },
}

/// What `retry` repeats.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Again {
    Check,
    Select { option_id: OptionId },
}

/// What goes on once the captcha is solved.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum AfterCaptcha {
    Send,
    Resend(AwaitedCode),
    Sign,
}

/// A code that the user is to type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AwaitedCode {
    /// Of a code that was sent.
    pub(crate) verification_id: Option<VerificationId>,
    pub(crate) prompt: CodePrompt,
}

impl State {
    pub(crate) fn new(asked: Asked, passkey: PasskeyPreparation) -> Self {
        let known = Known {
            missing: asked.scopes.clone(),
            not_required: Vec::new(),
            options: None,
            enrollment_hints: Vec::new(),
            is_confirmed: false,
            passkey,
            failed: None,
            has_auto_selected: false,
        };
        Self { asked, known, phase: Phase::Checking }
    }

    /// What a screen shows of it.
    pub(crate) fn shown(&self) -> StepUpFlowState {
        match self.phase.clone() {
            Phase::Checking => StepUpFlowState::Checking,
            Phase::Choosing { error, .. } => StepUpFlowState::Choosing {
                options: self.known.options.clone().unwrap_or_default(),
                enrollment_hints: self.known.enrollment_hints.clone(),
                is_confirmed: self.known.is_confirmed,
                error,
            },
            Phase::CaptchaNeeded { option, challenge, .. } => {
                StepUpFlowState::CaptchaNeeded { option, challenge }
            }
            Phase::SendingCode { option } => StepUpFlowState::SendingCode { option },
            Phase::AwaitingCode { option, code } => {
                StepUpFlowState::AwaitingCode { option, prompt: code.prompt }
            }
            Phase::AwaitingCeremony { option } => StepUpFlowState::AwaitingCeremony { option },
            Phase::AwaitingBrowser { option } => StepUpFlowState::AwaitingBrowser { option },
            Phase::AwaitingSignature { option } => StepUpFlowState::AwaitingSignature { option },
            Phase::AwaitingExternalJwt { option, error } => {
                StepUpFlowState::AwaitingExternalJwt { option, scopes: self.known.missing.clone(), error }
            }
            Phase::Verifying { option, .. } => StepUpFlowState::Verifying { option },
            Phase::Granted { elevations } => {
                let not_required = self.known.not_required.clone();
                StepUpFlowState::Granted { elevations, not_required }
            }
            Phase::Cancelled { reason } => StepUpFlowState::Cancelled { reason },
            Phase::Failed { error } => StepUpFlowState::Failed { error },
        }
    }

    /// When the passkey's options run out that the next tap would use.
    pub(crate) fn passkey_end(&self) -> Option<SystemTime> {
        match (&self.phase, &self.known.passkey) {
            (Phase::Choosing { .. }, PasskeyPreparation::Ready(prepared)) => Some(prepared.expires_at),
            _ => None,
        }
    }

    /// The code that was sent and is waited for, with the option it belongs to.
    pub(crate) fn sent_code(&self) -> Option<(&StepUpOption, &AwaitedCode)> {
        let (option, code) = match &self.phase {
            Phase::AwaitingCode { option, code } => (option, code),
            Phase::Verifying { option, code: Some(code) } => (option, code),
            Phase::CaptchaNeeded { option, then: AfterCaptcha::Resend(code), .. } => (option, code),
            _ => return None,
        };
        code.verification_id.is_some().then_some((option, code))
    }
}

impl Known {
    pub(crate) fn option(&self, id: &OptionId) -> Option<&StepUpOption> {
        self.options.iter().flatten().find(|option| option.id == *id)
    }

    /// The option to choose for the user: the only one that can be used, beside recovery codes.
    pub(crate) fn only_option(&self) -> Option<&StepUpOption> {
        let serves =
            |option: &&StepUpOption| option.is_usable() && option.method != StepUpMethod::RecoveryCode;
        let mut serving = self.options.iter().flatten().filter(serves);
        serving.next().filter(|_| serving.next().is_none())
    }

    /// Whether a passkey can be offered.
    pub(crate) fn offers_passkey(&self) -> bool {
        let is_offered = |option: &StepUpOption| option.method == StepUpMethod::Passkey && option.is_usable();
        self.options.iter().flatten().any(is_offered)
    }

    /// Remembers what became of an option. One that cannot be used here is not offered first any more.
    pub(crate) fn mark(&mut self, option_id: &OptionId, error: &StepUpError) {
        let Some(options) = &mut self.options else { return };
        let Some(option) = options.iter_mut().find(|option| option.id == *option_id) else { return };
        option.error = Some(error.clone());
        if let StepUpError::MethodUnavailable { reason, .. } = error
            && is_lasting(*reason)
        {
            option.unusable = Some(*reason);
        }
        let has_preferred = options.iter().any(|option| option.is_preferred && option.is_usable());
        if !has_preferred {
            let first = options.iter().position(StepUpOption::is_usable);
            for (index, option) in options.iter_mut().enumerate() {
                option.is_preferred = Some(index) == first;
            }
        }
    }

    /// Remembers what became of the option that was tried.
    pub(crate) fn mark_tried(&mut self, option: &StepUpOption, error: &StepUpError) {
        match error {
            StepUpError::MethodUnavailable { .. } if option.method == StepUpMethod::Passkey => {
                self.mark_passkeys(error);
            }
            error => self.mark(&option.id, error),
        }
    }

    /// The same for each passkey, as the ceremony is one for all of them.
    pub(crate) fn mark_passkeys(&mut self, error: &StepUpError) {
        let is_passkey = |option: &&StepUpOption| option.method == StepUpMethod::Passkey;
        let ids = self.options.iter().flatten().filter(is_passkey).map(|option| option.id.clone());
        for id in ids.collect::<Vec<_>>() {
            self.mark(&id, error);
        }
    }

    /// Nothing is waited for any more.
    pub(crate) fn abort(&mut self) -> Effect {
        if self.passkey == PasskeyPreparation::UnderWay {
            self.passkey = PasskeyPreparation::None;
        }
        Effect::Abort
    }

    /// Takes off what is covered by now.
    pub(crate) fn cover(&mut self, covered: &[Elevation]) {
        let is_covered = |scope: &TokenScope| covered.iter().any(|it| it.scopes.contains(scope));
        self.missing.retain(|scope| !is_covered(scope));
    }
}

/// Whether trying again in this flow cannot help.
fn is_lasting(reason: UnavailableReason) -> bool {
    use UnavailableReason as Reason;
    matches!(
        reason,
        Reason::NotEnrolled | Reason::NotOnThisDevice | Reason::Unsupported | Reason::NotEnabledForSignIn
    )
}
