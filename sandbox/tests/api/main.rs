//! The sandbox as an outsider sees it: over HTTP.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a test that fails")]

mod support;

mod consent_page;
mod control;
mod cross_origin;
mod device_registration;
mod device_signature;
mod elevated_tokens;
mod email_sign_in;
mod external_auth;
mod faults;
mod legacy_mfa;
mod linked_wallets;
mod linking;
mod merging;
mod mfa_email;
mod passkeys;
mod policy;
mod profile;
mod recovery_codes;
mod sessions;
mod settings;
mod sms_sign_in;
mod social_sign_in;
mod social_verify;
mod step_up_check;
mod totp;
mod users;
mod wallets;
