//! The wire: what is sent and what is read. Knows neither session nor flow.

mod answer_error;
mod failure;
mod headers;
mod limits;
pub(crate) mod models;
pub(crate) mod operations;
mod tls;
mod transport;

pub(crate) use answer_error::wants_elevation;
pub(crate) use failure::Failure;
pub(crate) use headers::random_id;
pub(crate) use headers::{
    DEVICE_NONCE, DEVICE_PUBLIC_KEY, DEVICE_REGISTRATION_TOKEN, DEVICE_SIGNED_NONCE, ELEVATED_ACCESS_TOKEN,
    LOGOUT_REASON, MFA_AUTH_TOKEN, SESSION_PUBLIC_KEY,
};
pub(crate) use operations::Operation;
pub(crate) use transport::{Answer, Request, Transport};
