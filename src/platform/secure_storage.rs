//! Where the session is kept.

use super::PlatformError;

/// Keeps small records that hold secrets: the keychain, or a file encrypted with a keystore key. Not in
/// backups.
///
/// A record is at most a few kilobytes. `put` replaces a record as a whole or leaves the old one.
// Implemented in Rust too: the insecure doubles travel to the host and back.
#[uniffi::export(rust, foreign)]
#[async_trait::async_trait]
pub trait SecureStorage: Send + Sync {
    /// The record with this key, or none.
    async fn get(&self, key: String) -> Result<Option<Vec<u8>>, PlatformError>;

    /// Stores a record, replacing the one with the same key.
    async fn put(&self, key: String, value: Vec<u8>) -> Result<(), PlatformError>;

    /// Removes a record. One that is not there is no error.
    async fn delete(&self, key: String) -> Result<(), PlatformError>;
}
