//! What a flow does: each effect ends in one event.

use std::{
    future::Future,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::{Arc, Weak},
};

use futures_util::FutureExt;

use super::StepUpFlow;
use crate::{
    api::operations,
    context::Context,
    error::{StepUpError, UnavailableReason},
    oauth::{Redeeming, Visit},
    otp::OtpVerification,
    runtime::Panicked,
    scope::TokenScope,
    step_up::{
        transition::{Asked, Checked, Effect, Event, Proof},
        verify,
    },
    token::Elevation,
};

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// How an effect has ended, and the token that came of it.
struct Ended {
    event: Event,
    brought: Option<Elevation>,
}

impl StepUpFlow {
    /// The work of an effect. It does not keep the flow alive.
    pub(super) fn task(&self, asked: Asked, effect: Effect, generation: u64) -> Work {
        let (flow, context, epoch) = (self.me.clone(), Arc::clone(&self.context), self.epoch);
        let redeeming = self.told_of_redirect(generation);
        Box::pin(async move {
            let broken_off = broken_off(&effect);
            let performed = AssertUnwindSafe(context.perform(&asked, effect, redeeming)).catch_unwind().await;
            // Who waits for an outcome is told one, whatever happens (I14).
            let ended =
                performed.unwrap_or_else(|_| Ended { event: broken_off(&context, &asked), brought: None });
            context.tell(&flow, epoch, generation, ended).await;
        })
    }

    /// What is left of a visit to which an earlier process has opened the browser.
    pub(super) fn rest_of_visit(&self, asked: Asked, visit: Visit, generation: u64) -> Work {
        let (flow, context, epoch) = (self.me.clone(), Arc::clone(&self.context), self.epoch);
        Box::pin(async move {
            let ended = context.verified(&asked, visit.elevation().await);
            context.tell(&flow, epoch, generation, ended).await;
        })
    }

    /// Tells the flow that the redirect has come.
    pub(super) fn told_of_redirect(&self, generation: u64) -> Redeeming {
        let flow = self.me.clone();
        Box::new(move || {
            if let Some(flow) = flow.upgrade() {
                flow.told(generation, Event::Redeeming);
            }
        })
    }

    /// The flow is told how something has ended, unless the session has ended meanwhile.
    fn told(&self, generation: u64, event: Event) -> bool {
        if let Some(reason) = self.end_of_session() {
            self.happened(Event::Ended { reason });
            return false;
        }
        self.concluded(generation, event)
    }
}

/// How an effect has ended in which there was a panic.
fn broken_off(effect: &Effect) -> fn(&Context, &Asked) -> Event {
    match effect {
        Effect::Check => |context, asked| Event::Checked {
            checked: Checked::failed(asked, Panicked.into()),
            now: context.state.clock.device_now(),
        },
        Effect::PreparePasskey => |_, _| Event::PasskeyPrepared { outcome: Err(Panicked.into()) },
        Effect::SendCode { .. } | Effect::ResendCode { .. } => |context, _| Event::CodeSent {
            outcome: Err(Panicked.into()),
            now: context.state.clock.device_now(),
        },
        Effect::ShowPasskey { .. } | Effect::SignWithWallet { .. } => {
            |_, _| Event::Proven { outcome: Err(Panicked.into()) }
        }
        Effect::OpenBrowser { .. } | Effect::Verify { .. } => |context, asked| Event::Verified {
            outcome: Err(Panicked.into()),
            covered: context.covered(&asked.scopes),
        },
        Effect::Abort => |_, _| Event::Cancel,
    }
}

impl Context {
    /// Tells a flow how an effect has ended. What it brought and nobody wants is dropped.
    async fn tell(&self, flow: &Weak<StepUpFlow>, epoch: u64, generation: u64, ended: Ended) {
        let Ended { event, brought } = ended;
        let is_wanted = flow.upgrade().is_some_and(|flow| flow.told(generation, event));
        if let Some(elevation) = brought.filter(|_| !is_wanted) {
            self.discard(epoch, &elevation).await;
        }
    }

    async fn perform(self: &Arc<Self>, asked: &Asked, effect: Effect, redeeming: Redeeming) -> Ended {
        let event = match effect {
            Effect::Check => {
                let checked = Box::pin(self.check_all(asked)).await;
                Event::Checked { checked, now: self.state.clock.device_now() }
            }
            Effect::PreparePasskey => {
                Event::PasskeyPrepared { outcome: Box::pin(self.prepare_passkey()).await }
            }
            Effect::SendCode { credential_id, captcha } => {
                let sent = Box::pin(self.send_step_up_otp(Some(&credential_id), captcha)).await;
                self.code_sent(sent).await
            }
            Effect::ResendCode { verification_id, captcha } => {
                let sent = Box::pin(self.resend_step_up_otp(Some(&verification_id), captcha)).await;
                self.code_sent(sent).await
            }
            Effect::ShowPasskey { prepared } => {
                let proof = Box::pin(self.passkey_proof(prepared)).await;
                Event::Proven { outcome: proof.map(|body| Proof::Passkey { body }) }
            }
            Effect::SignWithWallet { credential_id, captcha } => {
                let proof = Box::pin(self.step_up_wallet_proof(credential_id.as_ref(), captcha)).await;
                Event::Proven { outcome: proof.map(|body| Proof::Wallet { body }) }
            }
            Effect::OpenBrowser { provider, scopes, origin } => {
                let visit = self.visit_to_verify(&provider, scopes, Some(origin), redeeming);
                let visited = Box::pin(visit).await;
                return self.verified(asked, visited);
            }
            Effect::Verify { proof, scopes } => {
                // The only proof that a captcha can go with.
                let is_wallet = matches!(proof, Proof::Wallet { .. });
                let verified = Box::pin(self.verify(proof, scopes)).await;
                let wanted = if is_wallet { self.captcha_wanted(&verified).await } else { None };
                let Some(wanted) = wanted else { return self.verified(asked, verified) };
                wanted
            }
            Effect::Abort => Event::Cancel,
        };
        Ended { event, brought: None }
    }

    async fn verify(
        self: &Arc<Self>,
        proof: Proof,
        scopes: Vec<TokenScope>,
    ) -> Result<Elevation, StepUpError> {
        let reissued = match proof {
            Proof::Otp { code, verification_id, is_second_factor: false } => {
                self.prove_otp(code.expose(), &scopes, Some(&verification_id)).await?
            }
            Proof::Otp { code, verification_id, is_second_factor: true } => {
                self.prove_mfa_email(code.expose(), &scopes, Some(&verification_id)).await?
            }
            Proof::Totp { code, device_id } => self.prove_totp(code.expose(), &scopes, device_id).await?,
            Proof::RecoveryCode { code } => self.prove_recovery_code(code.expose(), &scopes).await?,
            Proof::Passkey { body } => self.prove(&operations::VERIFY_PASSKEY, body, &scopes).await?,
            Proof::Wallet { body } => self.prove(&operations::VERIFY_WALLET, body, &scopes).await?,
            Proof::ExternalJwt { jwt } => {
                let elevation = self.verify_external_jwt(jwt).await?;
                return verify::granted(Some(elevation), scopes);
            }
        };
        verify::elevation(reissued, scopes)
    }

    fn verified(&self, asked: &Asked, outcome: Result<Elevation, StepUpError>) -> Ended {
        let covered = self.covered(&asked.scopes);
        let brought = outcome.as_ref().ok().cloned();
        Ended { event: Event::Verified { outcome: outcome.map(|_| ()), covered }, brought }
    }

    async fn code_sent(self: &Arc<Self>, outcome: Result<OtpVerification, StepUpError>) -> Event {
        match self.captcha_wanted(&outcome).await {
            Some(wanted) => wanted,
            None => Event::CodeSent { outcome, now: self.state.clock.device_now() },
        }
    }

    /// The captcha for the app's screen, if the server wants one; none if the app has a provider, which has
    /// shown it already.
    async fn captcha_wanted<T>(self: &Arc<Self>, outcome: &Result<T, StepUpError>) -> Option<Event> {
        let reason = UnavailableReason::CaptchaRequired;
        let is_wanted =
            |error| matches!(error, &StepUpError::MethodUnavailable { reason: it, .. } if it == reason);
        if !outcome.as_ref().err().is_some_and(is_wanted) || self.platform.captcha().ok()?.is_some() {
            return None;
        }
        Some(Event::CaptchaWanted { challenge: self.captcha_challenge().await.ok()?? })
    }

    /// Drops a token that nobody waits for any more.
    async fn discard(&self, epoch: u64, elevation: &Elevation) {
        self.state.discard_token(epoch, &elevation.scopes);
        if self.persist().await.is_err() {
            self.log.warning("a discarded token could not be deleted from the storage yet".into());
        }
    }
}
