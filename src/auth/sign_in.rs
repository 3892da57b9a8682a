//! What all ways to sign in have in common.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Session;
use crate::{
    context::{Context, Reissued},
    error::StepUpError,
    identifier::VerificationId,
    scope::{self, TokenScope},
};

/// What a sign-in may ask for besides the session.
#[derive(Clone, Debug, Default, PartialEq, Eq, uniffi::Record)]
pub struct SignInOptions {
    /// The verification that the code is for; by default the latest. Sign-ins without a code ignore it.
    #[uniffi(default = None)]
    pub verification_id: Option<VerificationId>,
    /// Asks for a ten-minute permission to add a first MFA method, if MFA is optional and the user has none.
    /// Only a sign-in with a code can ask for it; the others ignore it.
    #[uniffi(default = false)]
    pub allow_new_mfa_linking: bool,
    /// Asks for an elevated token together with the session.
    #[uniffi(default = [])]
    pub requested_scopes: Vec<TokenScope>,
}

impl SignInOptions {
    /// The scopes that are asked for, if any.
    pub(super) fn scopes(self) -> Result<Vec<TokenScope>, StepUpError> {
        if self.requested_scopes.is_empty() {
            Ok(Vec::new())
        } else {
            scope::validated_set(self.requested_scopes)
        }
    }
}

/// Adds to a proof the scopes that are asked for, if any.
pub(super) fn with_scopes(mut proof: Value, scopes: &[TokenScope]) -> Value {
    if !scopes.is_empty() {
        proof["requestedScopes"] = json!(scopes);
    }
    proof
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

/// A sign-in that waits for the user before anything is sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct BegunSignIn {
    logouts: u64,
}

impl Context {
    /// A session that has run out ends now, not while its successor is on its way. What an earlier process
    /// waited for is known from now on, so that it ends with the sign-in.
    pub(super) async fn begin_sign_in(&self) -> Result<BegunSignIn, StepUpError> {
        self.load_pending().await?;
        self.signed_in_if_any().await?;
        Ok(BegunSignIn { logouts: self.state.logouts() })
    }

    /// Whoever has signed out since this sign-in began wants nobody signed in.
    pub(super) fn ensure_wanted(&self, begun: BegunSignIn) -> Result<(), StepUpError> {
        if self.state.logouts() == begun.logouts {
            return Ok(());
        }
        Err(StepUpError::NotSignedIn { answer: None })
    }

    /// What the app is told of a sign-in that the server accepted.
    pub(crate) async fn signed_in_outcome(
        self: &Arc<Self>,
        reissued: Reissued,
    ) -> Result<SignInOutcome, StepUpError> {
        let granted = reissued.elevation.map(|elevation| elevation.scopes).unwrap_or_default();
        Ok(SignInOutcome::Done { session: self.session().await?, granted })
    }
}
