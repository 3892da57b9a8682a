//! Why a ceremony is refused.

use webauthn_rs::prelude::WebauthnError;

/// Why a ceremony was refused. No variant carries anything secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RelyingPartyError {
    /// The relying party cannot be set up this way.
    #[error("{reason}")]
    Configuration {
        /// Names the value and what is wrong with it.
        reason: String,
    },
    /// The body is not a WebAuthn credential of the kind asked for.
    #[error("malformed credential: {reason}")]
    Malformed {
        /// What could not be read.
        reason: String,
    },
    /// The ceremony ran on an origin that is not accepted, or in a frame of another origin.
    #[error("the ceremony ran on an origin which is not accepted")]
    WrongOrigin,
    /// The authenticator signed for another relying party id.
    #[error("the authenticator signed for another relying party id")]
    WrongRelyingParty,
    /// The answer is to another challenge.
    #[error("the answer is to another challenge")]
    WrongChallenge,
    /// The credential is not among those accepted, or belongs to another user than it claims.
    #[error("unknown credential")]
    UnknownCredential,
    /// The authenticator registered a credential which is already there.
    #[error("the credential is already registered")]
    AlreadyRegistered,
    /// The signature does not verify with the stored key.
    #[error("the signature does not verify")]
    BadSignature,
    /// The signature counter did not advance: the authenticator may have been cloned.
    #[error("the signature counter did not advance")]
    Counter,
    /// The authenticator did not verify its user (or did not notice one).
    #[error("the user was not verified")]
    UserNotVerified,
}

impl From<WebauthnError> for RelyingPartyError {
    fn from(error: WebauthnError) -> Self {
        match error {
            WebauthnError::MismatchedChallenge => Self::WrongChallenge,
            WebauthnError::InvalidRPOrigin | WebauthnError::CredentialCrossOrigin => Self::WrongOrigin,
            WebauthnError::InvalidRPIDHash => Self::WrongRelyingParty,
            WebauthnError::UserNotVerified | WebauthnError::UserNotPresent => Self::UserNotVerified,
            WebauthnError::CredentialPossibleCompromise => Self::Counter,
            WebauthnError::CredentialNotFound => Self::UnknownCredential,
            WebauthnError::AuthenticationFailure
            | WebauthnError::SignatureInvalid
            | WebauthnError::AttestationStatementSigInvalid => Self::BadSignature,
            other => malformed(other.to_string()),
        }
    }
}

pub(super) fn malformed(reason: impl Into<String>) -> RelyingPartyError {
    RelyingPartyError::Malformed { reason: reason.into() }
}
