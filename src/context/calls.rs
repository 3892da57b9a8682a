//! Sending a request with all that belongs to it: session, elevated token, device signature.

use std::sync::Arc;

use super::Context;
use crate::{
    api::{
        self, Answer, Failure, Request,
        models::NoncesAnswer,
        operations::{self, Bearer},
    },
    auth::is_device_registration_pending,
    error::StepUpError,
    runtime::spawn_detached,
    state::{Current, EpochEnd, Lease, Lent},
};

/// Nonces fetched at once.
const NONCES: &str = "5";

/// Whether a request is made in its turn to re-issue the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Held,
    Outside,
}

/// What a request took along.
#[derive(Default)]
pub(super) struct Attached {
    pub(super) current: Option<Current>,
    pub(super) lease: Option<Lease>,
}

impl Context {
    /// Makes a call that leaves the session as it is.
    pub(crate) async fn call(self: &Arc<Self>, mut request: Request) -> Result<Answer, StepUpError> {
        let begun_in = match request.operation.bearer {
            // First: without a session there may be no key to sign with either, and no nonce is to be spent.
            Bearer::Required => Some(self.signed_in().await?.epoch),
            Bearer::Never => None,
        };
        self.restore().await?;
        let mut is_repeated = false;
        loop {
            self.sign(&mut request).await?;
            let attached = self.attach(&mut request).await?;
            if attached.current.as_ref().map(|current| current.epoch) != begun_in {
                // What one user asked for must not be sent for another.
                return Err(StepUpError::NotSignedIn { answer: None });
            }
            match self.exchange(&request, attached, Turn::Outside).await {
                Ok(answer) if begun_in.is_none_or(|epoch| epoch == self.state.epoch()) => return Ok(answer),
                // What the answer says is about a session that has ended.
                Ok(_) => return Err(StepUpError::NotSignedIn { answer: None }),
                Err(StepUpError::SessionReplaced) if request.operation.repeatable && !is_repeated => {
                    is_repeated = true
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Hands the request over and judges its failure. From here on it counts as sent.
    pub(super) async fn exchange(
        &self,
        request: &Request,
        mut attached: Attached,
        turn: Turn,
    ) -> Result<Answer, StepUpError> {
        if let Some(lease) = &mut attached.lease {
            lease.sent();
        }
        let failure = match self.transport.send(request).await {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        if let (Some(current), Some(offer)) = (&attached.current, failure.merge_offer()) {
            let offer = (failure.request_id.clone(), offer.clone());
            self.state.in_epoch(current.epoch, |data| data.merge_offer = Some(offer));
        }
        if let Some(mut lease) = attached.lease {
            if failure.never_left() {
                lease.never_left();
            } else if failure.wants_elevation() {
                lease.refused();
                // The token that was refused must not come back with the next start.
                let _ = self.persist().await;
            }
        }
        match attached.current {
            Some(current) if failure.is_unauthorized() => {
                Err(self.unauthorized(failure, &current, turn).await)
            }
            _ => Err(failure.into()),
        }
    }

    /// The session's token, and the elevated token of the operation's scope. Nothing is waited for between
    /// this and the hand-over.
    pub(super) async fn attach(self: &Arc<Self>, request: &mut Request) -> Result<Attached, StepUpError> {
        if request.operation.bearer == Bearer::Never {
            return Ok(Attached::default());
        }
        let epoch = self.signed_in().await?.epoch;
        let session_key = self.session_key(epoch).await?;
        request.header(api::SESSION_PUBLIC_KEY, &session_key)?;
        // Read again: the session may have been re-issued while the keystore was asked.
        let current = self.state.current().filter(|current| current.epoch == epoch);
        let current = current.ok_or(StepUpError::NotSignedIn { answer: None })?;
        let operation = request.operation;
        if (operation.verifies || operation.scope.is_some())
            && is_device_registration_pending(&current.session.user)
        {
            return Err(StepUpError::DeviceRegistrationRequired);
        }
        request.bearer(&current.session.token)?;
        let mut lease = operation.scope.and_then(|scope| self.state.lease(current.epoch, scope));
        if lease.is_none() && operation.takes_legacy_token {
            lease = self.state.lease_legacy(current.epoch);
        }
        match lease.as_ref().and_then(Lease::lent) {
            Some(Lent::Elevated(token)) => request.elevated(&token.token)?,
            Some(Lent::Legacy(token)) => request.header(api::MFA_AUTH_TOKEN, token.token.expose())?,
            None => {}
        }
        Ok(Attached { current: Some(current), lease })
    }

    async fn session_key(&self, epoch: u64) -> Result<String, StepUpError> {
        let key = self.keyring.existing_session_public_hex().await;
        if matches!(key, Err(StepUpError::KeyLost)) {
            if self.state.epoch() != epoch {
                // The session has ended meanwhile, and the key went with it.
                return Err(StepUpError::NotSignedIn { answer: None });
            }
            self.end_session(epoch, EpochEnd::KeyLost, "the session key is lost").await;
        }
        key
    }

    /// The device signature (contract of the operations that carry it): a nonce of the server, signed.
    pub(super) async fn sign(self: &Arc<Self>, request: &mut Request) -> Result<(), StepUpError> {
        if !request.operation.device_signed {
            return Ok(());
        }
        self.restore().await?;
        let epoch = self.state.epoch();
        let nonce = self.nonce().await?;
        let bearer = request.operation.bearer;
        let signed = match self.signature(bearer, &nonce).await {
            // Nothing depends on the lost key yet: it has been discarded, and a new one signs.
            Err(StepUpError::KeyLost) if bearer == Bearer::Never => self.signature(bearer, &nonce).await,
            signed => signed,
        };
        if matches!(signed, Err(StepUpError::KeyLost)) {
            self.end_session(epoch, EpochEnd::KeyLost, "the device key is lost").await;
        }
        let (public_key, signature) = signed?;
        request.header(api::DEVICE_NONCE, &nonce)?;
        request.header(api::DEVICE_PUBLIC_KEY, &public_key)?;
        request.header(api::DEVICE_SIGNED_NONCE, &signature)
    }

    async fn signature(&self, bearer: Bearer, nonce: &str) -> Result<(String, String), StepUpError> {
        let public_key = match bearer {
            // The key with which the session was issued: a new one would be another device.
            Bearer::Required => self.keyring.existing_device_public_hex().await?,
            Bearer::Never => self.keyring.device_public_hex().await?,
        };
        Ok((public_key, self.keyring.sign(nonce).await?))
    }

    /// A nonce nobody has used. When few are left, more are fetched beside the call.
    pub(crate) async fn nonce(self: &Arc<Self>) -> Result<String, StepUpError> {
        loop {
            if let (Some(nonce), is_low) = self.nonces.take(self.state.clock.now()) {
                if is_low {
                    let context = Arc::clone(self);
                    let _ = spawn_detached(async move { context.refill_nonces().await });
                }
                return Ok(nonce);
            }
            // Ends: each round brings at least one nonce, for this call or for one that was quicker.
            self.refill_nonces().await?;
        }
    }

    async fn refill_nonces(&self) -> Result<(), StepUpError> {
        let fetch = async {
            if !self.nonces.is_low() {
                return Ok(());
            }
            let request = Request::new(&operations::NONCES).query("count", NONCES);
            let answer = self.transport.send(&request).await?;
            let fetched: NoncesAnswer = answer.read()?;
            if self.nonces.add(fetched.nonces, self.state.clock.now()) == 0 {
                return Err(answer.malformed("there is no new nonce").into());
            }
            Ok(())
        };
        self.nonces.fetching.join(fetch).await
    }

    /// A re-issue that is under way may be what a 401 comes from: its answer decides.
    async fn let_reissue_end(&self, turn: Turn) {
        if turn == Turn::Outside {
            drop(self.session_gate.lock().await);
        }
    }

    /// A 401 ends the session only if it was for the present one and the server confirms that it is over
    /// (I7).
    async fn unauthorized(&self, failure: Failure, sent_with: &Current, turn: Turn) -> StepUpError {
        self.let_reissue_end(turn).await;
        let is_present =
            |current: &Current| current.epoch == sent_with.epoch && current.version == sent_with.version;
        match self.state.current() {
            Some(current) if is_present(&current) => {}
            Some(current) if current.epoch == sent_with.epoch => return StepUpError::SessionReplaced,
            _ => return StepUpError::NotSignedIn { answer: failure.answer() },
        }
        let mut probe = Request::new(&operations::SESSION);
        let built = match self.session_key(sent_with.epoch).await {
            Ok(key) => probe.header(api::SESSION_PUBLIC_KEY, &key),
            lost => lost.map(drop),
        };
        if let Err(error) = built.and_then(|()| probe.bearer(&sent_with.session.token)) {
            return error;
        }
        let is_over = match self.transport.send(&probe).await {
            Ok(_) => false,
            Err(probed) if probed.is_unauthorized() => true,
            // Not found out, and so not what the refusal means: it is told as the session's, not the call's.
            Err(_) => return Failure { operation: &operations::SESSION, ..failure }.into(),
        };
        self.let_reissue_end(turn).await;
        match self.state.current() {
            Some(current) if is_over && is_present(&current) => {
                self.end_session(current.epoch, EpochEnd::SessionEnded, "the server has ended the session")
                    .await;
                StepUpError::NotSignedIn { answer: failure.answer() }
            }
            Some(current) if !is_present(&current) && current.epoch == sent_with.epoch => {
                StepUpError::SessionReplaced
            }
            Some(_) if !is_over => failure.into(),
            _ => StepUpError::NotSignedIn { answer: failure.answer() },
        }
    }
}
