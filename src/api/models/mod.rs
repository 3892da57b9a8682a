//! The bodies of answers, read tolerantly: what the core does not need may be missing, null, new or of
//! another type.

mod check;
mod devices;
mod elevated_token;
mod factors;
mod merge;
mod otp;
mod session_answer;
mod settings;
mod tolerant;
mod user;

pub(crate) use check::{CheckAnswer, CheckCredential};
pub(crate) use devices::{
    RegisteredDeviceBody, RegisteredDevicesAnswer, RevokedDeviceAnswer, RevokedDevicesAnswer,
};
pub(crate) use elevated_token::ElevatedTokenAnswer;
pub(crate) use factors::{
    MfaDeviceBody, MfaMethodsAnswer, PasskeyBody, PasskeysAnswer, RecoveryCodesAnswer, TotpEnrollmentAnswer,
};
pub(crate) use merge::MergeConflictsBody;
pub(crate) use otp::{NoncesAnswer, OtpAnswer};
pub(crate) use session_answer::{NextStep, SessionAnswer};
pub(crate) use settings::{ProviderSettings, Settings};
