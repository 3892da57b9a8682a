//! A device key and its signatures.

use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};

pub(crate) struct Device {
    key: SigningKey,
}

impl Device {
    pub(crate) fn new() -> Self {
        loop {
            let bytes: [u8; 32] = rand::random();
            if let Ok(key) = SigningKey::from_slice(&bytes) {
                return Self { key };
            }
        }
    }

    /// Compressed SEC1 point, lower-case hex.
    pub(crate) fn public_key(&self) -> String {
        hex(self.key.verifying_key().to_sec1_point(true).as_bytes())
    }

    /// P1363 signature over SHA-256, lower-case hex.
    pub(crate) fn sign(&self, nonce: &str) -> String {
        let signature: Signature = self.key.sign(nonce.as_bytes());
        hex(&signature.to_bytes())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
