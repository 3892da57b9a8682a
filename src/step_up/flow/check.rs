//! Asking about all scopes of a flow at once.

use std::sync::Arc;

use futures_util::future::join_all;

use crate::{
    auth::CredentialFormat,
    context::Context,
    error::StepUpError,
    mfa::MfaFactorKind,
    scope::TokenScope,
    state::HeldSession,
    step_up::{
        CheckReason, StepUpCheck,
        option::{self, Capabilities},
        transition::{Asked, Checked},
    },
    token::Elevation,
};

impl Context {
    /// Whether the user is known to have a passkey, and the app can show it.
    pub(super) fn has_passkey(&self) -> bool {
        let is_passkey = |session: HeldSession| {
            let mut credentials = session.user.verified_credentials.iter();
            credentials.any(|credential| credential.format == CredentialFormat::Passkey)
        };
        self.capabilities().passkeys
            && self.state.current().is_some_and(|current| is_passkey(current.session))
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            passkeys: self.platform.passkeys().is_ok(),
            browser: self.platform.oauth_browser().is_ok() && self.config.oauth_redirect.is_some(),
            wallets: self.wallets().is_ok(),
        }
    }

    /// Asks about each scope; what serves all of them can be chosen.
    pub(super) async fn check_all(self: &Arc<Self>, asked: &Asked) -> Checked {
        let session = match self.signed_in_on_registered_device().await {
            Ok(current) => current.session,
            Err(error) => return Checked::failed(asked, error),
        };
        let asking = asked.scopes.iter().map(|scope| self.check_with_cause(scope.clone()));
        let (checks, causes): (Vec<_>, Vec<_>) = join_all(asking).await.into_iter().unzip();
        let with_reason = |reason: CheckReason| {
            let checks = checks.iter().filter(move |check| check.reason == reason);
            checks.map(|check| check.scope.clone()).collect::<Vec<_>>()
        };
        let held = self.covered(&with_reason(CheckReason::TokenHeld));
        let required: Vec<_> = checks.iter().filter(|check| check.is_required).cloned().collect();
        let options = self.options(&required, &session, asked);
        let enrollment_hints = if options.is_empty() && !required.is_empty() {
            self.enrollment_hints().await
        } else {
            Vec::new()
        };
        Checked {
            missing: required.iter().map(|check| check.scope.clone()).collect(),
            not_required: with_reason(CheckReason::NotRequiredByServer),
            held,
            options,
            enrollment_hints,
            is_confirmed: required.iter().all(|check| check.is_confirmed),
            error: causes.into_iter().flatten().next(),
        }
    }

    fn options(
        &self,
        required: &[StepUpCheck],
        session: &HeldSession,
        asked: &Asked,
    ) -> Vec<option::StepUpOption> {
        let preferred = asked.preferred_credential_id.as_ref();
        option::offered(required, &session.user, self.capabilities(), &asked.filter, preferred)
    }

    /// What the environment would let the user add. Where that cannot be found out there is no hint.
    async fn enrollment_hints(self: &Arc<Self>) -> Vec<MfaFactorKind> {
        let Ok(settings) = self.settings().await else { return Vec::new() };
        let methods = settings.security.mfa.methods.iter().filter(|method| method.enabled);
        methods.map(|method| MfaFactorKind::from(method.kind.as_str())).collect()
    }

    /// What is held for these scopes, each permission once.
    pub(super) fn covered(&self, scopes: &[TokenScope]) -> Vec<Elevation> {
        let mut covered: Vec<Elevation> = Vec::new();
        for elevation in scopes.iter().filter_map(|scope| self.state.elevation(scope)) {
            if !covered.contains(&elevation) {
                covered.push(elevation);
            }
        }
        covered
    }
}

impl Checked {
    pub(super) fn failed(asked: &Asked, error: StepUpError) -> Self {
        Self {
            missing: asked.scopes.clone(),
            not_required: Vec::new(),
            held: Vec::new(),
            options: Vec::new(),
            enrollment_hints: Vec::new(),
            is_confirmed: false,
            error: Some(error),
        }
    }
}
