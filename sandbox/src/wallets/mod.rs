//! External wallets: addresses and signatures of the two chains that are checked, the EIP-4361 text that is
//! signed, and software wallets for hosts which have none.

mod address;
mod chain;
mod message;
mod signature;
mod software;

pub use chain::WalletChain;
pub use software::Wallets;

pub(crate) use address::canonical;
pub(crate) use message::SignInMessage;
pub(crate) use signature::verify;
