//! Verifying with a passkey (WebAuthn Level 3 §7.2), in two halves.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use serde_json::Value;

use crate::{
    api::{Request, operations},
    context::{Context, Reissued},
    error::{PlatformCallback, StepUpError, UnavailableReason},
    mfa::ceremony,
    platform::call_out,
    scope::TokenScope,
};

/// The options' own time limit counts if they have one; WebAuthn recommends five minutes.
const DEFAULT_LIFE: Duration = Duration::from_secs(300);

/// A passkey ceremony that needs nothing but the user.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct PreparedPasskey {
    /// `PublicKeyCredentialRequestOptionsJSON`, with the server's challenge.
    pub options_json: String,
    /// When the challenge runs out, on this device's clock.
    pub expires_at: SystemTime,
}

impl Context {
    pub(crate) async fn prepare_passkey(self: &Arc<Self>) -> Result<PreparedPasskey, StepUpError> {
        // Asked for now, so that a missing provider is told before anything is sent.
        self.platform.passkeys()?;
        let answer = self.call(Request::new(&operations::PREPARE_PASSKEY)).await?;
        let options = ceremony::request_options(answer.read::<Value>()?)
            .ok_or_else(|| answer.malformed("the options have no challenge"))?;
        if options["allowCredentials"].as_array().is_none_or(Vec::is_empty) {
            let reason = UnavailableReason::NotEnrolled;
            return Err(StepUpError::MethodUnavailable { reason, answer: None });
        }
        let life = options["timeout"].as_u64().map_or(DEFAULT_LIFE, Duration::from_millis);
        let clock = &self.state.clock;
        Ok(PreparedPasskey {
            options_json: options.to_string(),
            expires_at: clock.to_device(clock.now().plus(life)),
        })
    }

    pub(crate) async fn prove_passkey(
        self: &Arc<Self>,
        prepared: PreparedPasskey,
        scopes: &[TokenScope],
    ) -> Result<Reissued, StepUpError> {
        let proof = self.passkey_proof(prepared).await?;
        self.prove(&operations::VERIFY_PASSKEY, proof, scopes).await
    }

    /// Shows the system's sheet.
    pub(crate) async fn passkey_proof(
        self: &Arc<Self>,
        prepared: PreparedPasskey,
    ) -> Result<Value, StepUpError> {
        // Before the sheet is shown: the proof would be refused.
        let epoch = self.signed_in_on_registered_device().await?.epoch;
        let has_run_out = self.state.clock.device_now() >= prepared.expires_at;
        let prepared = if has_run_out { self.prepare_passkey().await? } else { prepared };
        let provider = self.platform.passkeys()?;
        let ceremony = async move { provider.get(prepared.options_json).await };
        let credential = call_out(PlatformCallback::Passkey, self.config.passkey_deadline, ceremony).await?;
        let proof = ceremony::assertion_body(&credential)?;
        if self.state.epoch() != epoch {
            // The passkey was shown to a session that is over.
            return Err(StepUpError::NotSignedIn { answer: None });
        }
        Ok(proof)
    }
}
