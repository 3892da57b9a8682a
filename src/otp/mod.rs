//! One-time passwords by e-mail and SMS: where they go, what is awaited, how a typed code is read.

mod code;
mod country_codes;
mod pending;
mod phone_number;
mod send;
mod stored;
mod verification;

pub(crate) use code::{otp, otp_of, recovery_code};
pub(crate) use pending::{Destination, PendingCode, PendingCodes, Purpose};
pub use phone_number::PhoneNumber;
pub(crate) use stored::{PendingOtps, SessionName, StoredOtp};
pub use verification::{OtpChannel, OtpVerification};
