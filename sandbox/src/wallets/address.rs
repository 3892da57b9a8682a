//! Addresses in the one form in which they are kept, compared and shown.

use k256::ecdsa::VerifyingKey;
use sha3::{Digest, Keccak256};

use super::WalletChain;
use crate::device_signature::from_hex;

/// EIP-55 for EVM (any case is read), base58 for Solana; `None` when it is no address of the chain.
pub(crate) fn canonical(chain: WalletChain, text: &str) -> Option<String> {
    match chain {
        WalletChain::Evm => {
            let bytes = from_hex(&text.strip_prefix("0x")?.to_ascii_lowercase())?;
            (bytes.len() == 20).then(|| checksummed(&bytes))
        }
        WalletChain::Sol => {
            let bytes = bs58::decode(text).into_vec().ok()?;
            (bytes.len() == 32).then(|| bs58::encode(bytes).into_string())
        }
    }
}

/// The EIP-55 address of a key: the last 20 bytes of the hash of its point.
pub(super) fn of_evm_key(key: &VerifyingKey) -> String {
    let point = key.to_sec1_point(false);
    // Without the leading byte that says "uncompressed".
    let hash = Keccak256::digest(point.as_bytes().get(1..).unwrap_or_default());
    checksummed(hash.get(12..).unwrap_or_default())
}

/// Hex digits are upper-case where the hash of the lower-case text has a nibble of 8 or more (EIP-55).
fn checksummed(bytes: &[u8]) -> String {
    let lower = to_hex(bytes);
    let hash = to_hex(&Keccak256::digest(lower.as_bytes()));
    let digits = lower.chars().zip(hash.chars());
    let cased = digits.map(|(digit, nibble)| if nibble >= '8' { digit.to_ascii_uppercase() } else { digit });
    format!("0x{}", cased.collect::<String>())
}

pub(super) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the text of EIP-55.
    const EXAMPLES: [&str; 4] = [
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ];

    #[test]
    fn evm_addresses_are_read_in_any_case_and_shown_with_their_checksum() {
        for address in EXAMPLES {
            let lower = address.to_lowercase();
            let upper = format!("0x{}", address[2..].to_uppercase());
            for written in [address, &lower, &upper] {
                assert_eq!(canonical(WalletChain::Evm, written).as_deref(), Some(address));
            }
        }
        for wrong in ["", "0x", "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x5aAeb6053F", "0xzz"] {
            assert_eq!(canonical(WalletChain::Evm, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn solana_addresses_are_32_bytes_in_base58() {
        let system_program = "11111111111111111111111111111111";
        assert_eq!(canonical(WalletChain::Sol, system_program).as_deref(), Some(system_program));
        for wrong in ["", "0OIl", "111", EXAMPLES[0]] {
            assert_eq!(canonical(WalletChain::Sol, wrong), None, "{wrong}");
        }
    }
}
