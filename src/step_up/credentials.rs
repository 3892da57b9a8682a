//! What the user can verify with.

use std::fmt;

use crate::{
    api::models::{CheckAnswer, CheckCredential},
    auth::{CredentialFormat, VerifiedCredential},
    identifier::CredentialId,
    state::HeldSession,
};

/// A credential that can serve for a step-up. Printing one shows neither alias nor address.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct StepUpCredential {
    /// The credential's id, for `send_otp` and `verify_wallet`. A credential that may be used to sign in has
    /// the same id among the user's, where more is known of it.
    pub id: CredentialId,
    /// What it is. Some answers give all second factors the same format and tell them apart by the type only;
    /// this is what the type says then.
    pub format: CredentialFormat,
    /// The type as the server calls it, if it has one.
    pub credential_type: Option<String>,
    /// A name to show: e-mail address, provider, the name the user gave.
    pub alias: Option<String>,
}

impl From<&CheckCredential> for StepUpCredential {
    fn from(credential: &CheckCredential) -> Self {
        let by_type = credential.kind.clone().map(CredentialFormat::from);
        let by_type = by_type.filter(|format| {
            matches!(format, CredentialFormat::Totp | CredentialFormat::Passkey | CredentialFormat::Email)
        });
        Self {
            id: credential.id.clone(),
            format: by_type
                .unwrap_or_else(|| CredentialFormat::from(credential.format.clone().unwrap_or_default())),
            credential_type: credential.kind.clone(),
            alias: credential.alias.clone(),
        }
    }
}

impl From<&VerifiedCredential> for StepUpCredential {
    fn from(credential: &VerifiedCredential) -> Self {
        let alias = [&credential.email, &credential.oauth_provider, &credential.wallet_name]
            .into_iter()
            .flatten()
            .next();
        Self {
            id: credential.id.clone(),
            format: credential.format.clone(),
            credential_type: None,
            alias: alias.cloned(),
        }
    }
}

/// What the server says that the user can verify with, and the one to offer first. Embedded wallets are left
/// out, also where the server lists them.
pub(super) fn answered(
    answer: &CheckAnswer,
    session: &HeldSession,
) -> (Vec<StepUpCredential>, Option<CredentialId>) {
    let own = &session.user.verified_credentials;
    let is_offered = |id: &CredentialId| {
        !own.iter().any(|credential| credential.id == *id && credential.is_embedded_wallet())
    };
    let offered = answer.credentials.iter().filter(|credential| is_offered(&credential.id));
    let default = answer.default_credential_id.clone().filter(|id| is_offered(id));
    (offered.map(StepUpCredential::from).collect(), default)
}

/// What the signed-in user can probably verify with, and the one to offer first, where the server cannot be
/// asked: MFA methods if there are any, else what may be used to sign in.
pub(super) fn derived(session: &HeldSession) -> (Vec<StepUpCredential>, Option<CredentialId>) {
    let all = &session.user.verified_credentials;
    let mfa: Vec<&VerifiedCredential> = all.iter().filter(|credential| credential.is_mfa()).collect();
    let serving = if mfa.is_empty() {
        all.iter().filter(|credential| credential.can_reauthenticate()).collect()
    } else {
        mfa
    };
    let signed_in_with =
        serving.iter().find(|credential| Some(&credential.id) == session.signin_credential_id.as_ref());
    let default = signed_in_with.or(serving.first()).map(|credential| credential.id.clone());
    (serving.into_iter().map(StepUpCredential::from).collect(), default)
}

impl fmt::Display for StepUpCredential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "StepUpCredential {{ id: {}, format: {:?} }}", self.id, self.format)
    }
}

impl fmt::Debug for StepUpCredential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
