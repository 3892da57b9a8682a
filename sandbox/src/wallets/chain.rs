//! The chains whose signatures are checked.

use serde::{Deserialize, Serialize};

/// A chain whose signatures the sandbox checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum WalletChain {
    /// Ethereum and all that signs like it: secp256k1, EIP-191.
    #[serde(alias = "ETH")]
    Evm,
    /// Solana: Ed25519.
    Sol,
}

impl WalletChain {
    /// The chain by its name in a request; `EVM` and `ETH` are one.
    pub(crate) fn from_wire(name: &str) -> Option<Self> {
        match name {
            "EVM" | "ETH" => Some(Self::Evm),
            "SOL" => Some(Self::Sol),
            _ => None,
        }
    }

    /// How the signed message calls it.
    pub(crate) fn account_name(self) -> &'static str {
        match self {
            Self::Evm => "Ethereum",
            Self::Sol => "Solana",
        }
    }

    /// How `verifiedCredentials[].chain` calls it (CAIP-2 namespace).
    pub(crate) fn namespace(self) -> &'static str {
        match self {
            Self::Evm => "eip155",
            Self::Sol => "solana",
        }
    }
}
