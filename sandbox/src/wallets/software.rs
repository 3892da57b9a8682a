//! Software wallets by name, for hosts which have none.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ed25519_dalek::Signer;

use super::WalletChain;
use super::address::{of_evm_key, to_hex};
use super::signature::personal_message_hash;

/// Software wallets which sign whatever they are given. Each name is a wallet of its own with a key per
/// chain, made on first use and kept in memory. Clones share them.
#[derive(Clone, Default)]
pub struct Wallets {
    keys: Arc<Mutex<HashMap<(String, WalletChain), Key>>>,
}

#[derive(Clone)]
enum Key {
    Evm(k256::ecdsa::SigningKey),
    Sol(ed25519_dalek::SigningKey),
}

impl Wallets {
    /// The address of a wallet on a chain: EIP-55 for EVM, base58 for Solana.
    pub fn address(&self, name: &str, chain: WalletChain) -> String {
        match self.key(name, chain) {
            Key::Evm(key) => of_evm_key(key.verifying_key()),
            Key::Sol(key) => bs58::encode(key.verifying_key().as_bytes()).into_string(),
        }
    }

    /// Signs a message: EIP-191 as `0x` hex with `v` of 27 or 28 for EVM, Ed25519 as base58 for Solana.
    pub fn sign(&self, name: &str, chain: WalletChain, message: &str) -> String {
        match self.key(name, chain) {
            Key::Evm(key) => sign_personal_message(&key, message),
            Key::Sol(key) => bs58::encode(key.sign(message.as_bytes()).to_bytes()).into_string(),
        }
    }

    /// Forgets all wallets.
    pub(crate) fn clear(&self) {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn key(&self, name: &str, chain: WalletChain) -> Key {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.entry((name.into(), chain)).or_insert_with(|| Key::random(chain)).clone()
    }
}

impl Key {
    fn random(chain: WalletChain) -> Self {
        match chain {
            WalletChain::Evm => loop {
                // All but a handful of 32-byte strings are keys.
                if let Ok(key) = k256::ecdsa::SigningKey::from_slice(&rand::random::<[u8; 32]>()) {
                    return Self::Evm(key);
                }
            },
            WalletChain::Sol => Self::Sol(ed25519_dalek::SigningKey::from_bytes(&rand::random())),
        }
    }
}

fn sign_personal_message(key: &k256::ecdsa::SigningKey, message: &str) -> String {
    let (signature, recovery) = key.sign_prehash_recoverable(&personal_message_hash(message));
    format!("0x{}{:02x}", to_hex(&signature.to_bytes()), recovery.to_byte() + 27)
}
