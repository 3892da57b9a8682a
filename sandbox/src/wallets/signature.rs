//! Whether a signature over a message is that of an address.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature as SolanaSignature, VerifyingKey as SolanaKey};
use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};
use sha3::{Digest, Keccak256};

use super::{WalletChain, address};
use crate::device_signature::from_hex;

/// Checks a signature; the address is canonical.
///
/// EVM: EIP-191 (`personal_sign`), 65 bytes `r‖s‖v` as `0x` hex. Solana: Ed25519 over the message,
/// 64 bytes as base58 or base64.
///
/// # Errors
/// What is wrong, in words.
pub(crate) fn verify(
    chain: WalletChain,
    address: &str,
    message: &str,
    signature: &str,
) -> Result<(), &'static str> {
    match chain {
        WalletChain::Evm => verify_evm(address, message, signature),
        WalletChain::Sol => verify_solana(address, message, signature),
    }
}

/// What `personal_sign` signs: the hash of the message behind a prefix with its length in bytes.
pub(super) fn personal_message_hash(message: &str) -> [u8; 32] {
    let mut hasher = Keccak256::new();
    hasher.update(format!("\x19Ethereum Signed Message:\n{}", message.len()));
    hasher.update(message);
    hasher.finalize().into()
}

fn verify_evm(address: &str, message: &str, signature: &str) -> Result<(), &'static str> {
    const FORM: &str = "the signature is not 65 bytes in hex with 0x";
    let hex = signature.strip_prefix("0x").ok_or(FORM)?.to_ascii_lowercase();
    let bytes = from_hex(&hex).ok_or(FORM)?;
    let (rs, [v]) = bytes.split_at_checked(64).ok_or(FORM)? else { return Err(FORM) };
    // Some signers count from 0, the wallets' convention is 27.
    let recovery = RecoveryId::from_byte(if *v >= 27 { v - 27 } else { *v }).ok_or(FORM)?;
    let parsed = Signature::from_slice(rs).map_err(|_| FORM)?;
    let hash = personal_message_hash(message);
    let key = VerifyingKey::recover_from_prehash(&hash, &parsed, recovery)
        .map_err(|_| "no key can be recovered from the signature")?;
    match address::of_evm_key(&key) == address {
        true => Ok(()),
        false => Err("the signature is another address's, or over another message"),
    }
}

fn verify_solana(address: &str, message: &str, signature: &str) -> Result<(), &'static str> {
    let bytes = bs58::decode(address).into_vec().ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let key = bytes.and_then(|bytes| SolanaKey::from_bytes(&bytes).ok());
    let key = key.ok_or("the address is not a public key")?;
    let decoded = [bs58::decode(signature).into_vec().ok(), STANDARD.decode(signature).ok()];
    let readings: Vec<_> =
        decoded.into_iter().flatten().filter_map(|bytes| SolanaSignature::from_slice(&bytes).ok()).collect();
    if readings.is_empty() {
        return Err("the signature is not 64 bytes in base58 or base64");
    }
    match readings.iter().any(|reading| key.verify_strict(message.as_bytes(), reading).is_ok()) {
        true => Ok(()),
        false => Err("the signature is another address's, or over another message"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of `web3.eth.accounts.sign("Some data", …)` in the documentation of web3.js.
    #[test]
    fn a_signature_made_elsewhere_is_recovered() {
        let address = "0x2c7536E3605D9C16a7a3D7b1898e529396a65c23";
        let signature = "0xb91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd\
                         6007e74cd82e037b800186422fc2da167c747ef045e5d18a5f5d4300f8e1a029";
        let with_v = format!("{signature}1c");
        assert_eq!(verify(WalletChain::Evm, address, "Some data", &with_v), Ok(()));
        assert_eq!(verify(WalletChain::Evm, address, "Some data", &format!("{signature}01")), Ok(()));
        assert!(verify(WalletChain::Evm, address, "Some date", &with_v).is_err());
        assert!(verify(WalletChain::Evm, address, "Some data", &format!("{signature}1b")).is_err());
        assert!(verify(WalletChain::Evm, address, "Some data", signature).is_err());
    }
}
