//! The phone's passkey sheet. Its user agrees at once; the cryptography is a real authenticator's.

use serde_json::Value;
use stepup_core::{PasskeyProvider, PlatformError};
use stepup_sandbox::passkeys::{AuthenticatorError, VirtualAuthenticators};

/// The origin that the sandbox takes for the app's.
pub(crate) const ORIGIN: &str = "http://localhost";
const DEVICE: &str = "phone";

/// A phone with a software authenticator.
#[derive(Default)]
pub(crate) struct Phone {
    authenticators: VirtualAuthenticators,
}

#[async_trait::async_trait]
impl PasskeyProvider for Phone {
    async fn create(&self, options_json: String) -> Result<String, PlatformError> {
        let options = read(&options_json)?;
        let created = self.authenticators.create(DEVICE, ORIGIN, &options).await;
        created.map(|credential| credential.to_string()).map_err(refused)
    }

    async fn get(&self, options_json: String) -> Result<String, PlatformError> {
        let options = read(&options_json)?;
        let signed = self.authenticators.get(DEVICE, ORIGIN, &options).await;
        signed.map(|credential| credential.to_string()).map_err(refused)
    }
}

fn read(options_json: &str) -> Result<Value, PlatformError> {
    serde_json::from_str(options_json).map_err(|error| PlatformError::Internal { reason: error.to_string() })
}

fn refused(error: AuthenticatorError) -> PlatformError {
    match error {
        AuthenticatorError::NoCredential => PlatformError::NotFound,
        AuthenticatorError::CredentialExcluded => PlatformError::AlreadyExists,
        other => PlatformError::Internal { reason: other.to_string() },
    }
}
