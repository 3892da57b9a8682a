//! Signing in with a one-time password.

use std::sync::Arc;

use serde_json::json;

use super::Session;
use crate::{
    api::{Request, operations},
    context::Context,
    error::StepUpError,
    otp::{self, OtpChannel, Purpose},
    scope::{self, TokenScope},
    state::SessionChange,
};

/// What a sign-in may ask for besides the session.
#[derive(Clone, Debug, Default, PartialEq, Eq, uniffi::Record)]
pub struct SignInOptions {
    /// The verification that the code is for; by default the latest.
    #[uniffi(default = None)]
    pub verification_id: Option<String>,
    /// Asks for a ten-minute permission to add a first MFA method, if MFA is optional and the user has none.
    #[uniffi(default = false)]
    pub allow_new_mfa_linking: bool,
    /// Asks for an elevated token together with the session.
    #[uniffi(default = [])]
    pub requested_scopes: Vec<TokenScope>,
}

/// How a sign-in ended. More cases will follow, for decisions that only the user can make.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum SignInOutcome {
    /// Signed in.
    Done {
        /// The session, with what is still to be done.
        session: Session,
        /// Scopes that were granted with it. The server may grant fewer than requested.
        granted: Vec<TokenScope>,
    },
}

impl Context {
    pub(super) async fn sign_in_with_otp(
        self: &Arc<Self>,
        typed: &str,
        options: SignInOptions,
    ) -> Result<SignInOutcome, StepUpError> {
        let code = otp::otp(typed)?;
        let pending = self.pending_code(Purpose::SignIn, options.verification_id.as_deref())?;
        let mut body = json!({ "verificationUUID": pending.id, "verificationToken": code });
        if !options.requested_scopes.is_empty() {
            body["requestedScopes"] = json!(scope::validated_set(options.requested_scopes)?);
        }
        if options.allow_new_mfa_linking {
            body["allowNewMFALinking"] = true.into();
        }
        // A session that has run out ends now, not while its successor is on its way.
        match self.signed_in().await {
            Ok(_) | Err(StepUpError::NotSignedIn { .. }) => {}
            Err(error) => return Err(error),
        }
        let operation = match pending.destination.channel() {
            OtpChannel::Email => &operations::SIGN_IN_WITH_EMAIL_OTP,
            OtpChannel::Sms => &operations::SIGN_IN_WITH_SMS_OTP,
        };
        let reissued = self.reissue(Request::new(operation).body(body), SessionChange::SignIn).await?;
        self.state.pending_codes(|codes| codes.remove(&pending.id));
        let granted = reissued.elevation.map(|elevation| elevation.scopes).unwrap_or_default();
        Ok(SignInOutcome::Done { session: self.session().await?, granted })
    }
}

/// Trimmed, and with what every address has. Whether it exists only the server can tell.
pub(super) fn email_address(typed: &str) -> Result<String, StepUpError> {
    let address = typed.trim();
    let is_address = address.len() <= 320
        && address.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && !address.chars().any(|symbol| symbol.is_whitespace() || symbol.is_control());
    if is_address {
        return Ok(address.to_owned());
    }
    Err(StepUpError::InvalidArgument { argument: "email".into(), reason: "is not an e-mail address".into() })
}
