//! This device before the server: its keys, the nonces it signs, the signature headers.

mod encoding;
mod keys;
mod nonce_pool;

pub(crate) use keys::{DeviceKeyring, KeyNames};
pub(crate) use nonce_pool::NoncePool;
