//! This device before the server: its keys, the nonces it signs, its registration.

mod completion;
mod encoding;
mod keys;
mod nonce_pool;
mod registered_devices;
mod registration;
mod registration_link;
mod user_agent;

pub(crate) use completion::RegistrationLinks;
pub(crate) use keys::{DeviceKeyring, KeyNames};
pub(crate) use nonce_pool::NoncePool;
pub use registered_devices::{RegisteredDevice, RegisteredDeviceKind};
pub use registration::DeviceRegistrationClient;
