//! The system's passkey sheet.

use super::PlatformError;

/// Runs WebAuthn ceremonies: `ASAuthorizationController`, androidx Credential Manager.
///
/// Both methods take options and answer with a credential in the JSON forms of WebAuthn Level 3 §5.1, as
/// the platforms themselves read and write them: the options without the `publicKey` member around them,
/// binary values as base64url. A user who declines is `Cancelled`; a request that no passkey on this device
/// can answer is `NotFound`.
#[uniffi::export(foreign)]
#[async_trait::async_trait]
pub trait PasskeyProvider: Send + Sync {
    /// Makes a passkey from `PublicKeyCredentialCreationOptionsJSON`.
    async fn create(&self, options_json: String) -> Result<String, PlatformError>;

    /// Proves possession of a passkey for `PublicKeyCredentialRequestOptionsJSON`.
    async fn get(&self, options_json: String) -> Result<String, PlatformError>;
}
