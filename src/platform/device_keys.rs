//! The keys of this device.

use super::PlatformError;

/// Holds P-256 keys that cannot be taken out: Secure Enclave, Android Keystore. No user authentication is
/// asked for when signing, because the session is refreshed in the background.
// Implemented in Rust too: the insecure doubles travel to the host and back.
#[uniffi::export(rust, foreign)]
#[async_trait::async_trait]
pub trait DeviceKeys: Send + Sync {
    /// Makes a key with this name, replacing one that has it.
    async fn generate(&self, name: String) -> Result<DevicePublicKey, PlatformError>;

    /// The public half of a key, or none if there is no such key.
    async fn public_key(&self, name: String) -> Result<Option<DevicePublicKey>, PlatformError>;

    /// Signs with ECDSA over the SHA-256 of `message`; answers with the DER form (X9.62). A key that is
    /// gone is `NotFound` or `KeyInvalidated`.
    async fn sign(&self, name: String, message: Vec<u8>) -> Result<Vec<u8>, PlatformError>;

    /// Removes a key. One that is not there is no error.
    async fn delete(&self, name: String) -> Result<(), PlatformError>;
}

/// A P-256 public key in the form that the platform has it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum DevicePublicKey {
    /// SubjectPublicKeyInfo, DER (RFC 5480): what `PublicKey.getEncoded()` gives on Android.
    SubjectPublicKeyInfo {
        /// The bytes.
        der: Vec<u8>,
    },
    /// X9.63 point, compressed or not: what `SecKeyCopyExternalRepresentation` gives on Apple's systems.
    X963 {
        /// The bytes.
        point: Vec<u8>,
    },
}
