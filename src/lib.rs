//! Step-up authentication and device registration for mobile apps.
//!
//! An app asks **check → verify → proceed**: is a step-up needed for this scope, prove who you are, make
//! the call with the permission that came of it. [`StepUpClient`] is the entry; its sub-clients are the
//! chapters:
//!
//! - [`StepUpClient::auth`] signs in and out and holds the [`Session`];
//! - [`StepUpClient::step_up`] checks, verifies and hands out permissions;
//! - [`StepUpClient::device_registration`] makes a new device known and manages those that are;
//! - [`StepUpClient::mfa`] and [`StepUpClient::passkeys`] manage the user's factors.
//!
//! What only the platform can do — keep secrets, hold keys, show the passkey sheet — is done by callbacks
//! of the host: see [`Platform`]. Every error is a [`StepUpError`], whose [`StepUpError::kind`] says what
//! the app should do.
//!
//! Calls may come from any thread and any executor; the library brings its own runtime. Each asynchronous
//! call takes a [`CancelToken`] last.

mod api;
mod auth;
mod cancel;
mod captcha;
mod client;
mod clock;
mod config;
mod context;
mod device;
mod error;
mod identifier;
mod identity;
mod json;
mod log;
mod mfa;
mod oauth;
mod otp;
mod pending;
mod platform;
#[cfg(test)]
#[cfg(feature = "shuttle")]
mod races;
mod runtime;
mod scope;
mod secret;
mod settings;
mod shared_attempt;
mod state;
mod step_up;
mod storage;
mod subscription;
mod sync;
mod token;
mod wallet;

pub use auth::{
    AuthClient, CredentialFormat, LinkOutcome, MergeChoice, MergeConflict, MergeConflicts, MergeResolution,
    OnboardingDuty, Session, SessionToken, SessionTokenKind, SignInOptions, SignInOutcome, UpdateOutcome,
    User, UserUpdate, VerifiedCredential,
};
pub use cancel::CancelToken;
pub use client::StepUpClient;
pub use clock::{Clock, SystemClock};
pub use config::{ClientConfig, Deadlines, Limits, TlsRoots};
pub use device::{DeviceRegistrationClient, RegisteredDevice, RegisteredDeviceKind};
pub use error::{
    CodeRefusal, ErrorKind, LinkRefusal, NetworkFailure, PlatformCallback, RedirectRefusal, ServerAnswer,
    StepUpError, StorageFailure, UnavailableReason,
};
pub use identifier::{CredentialId, MfaFactorId, OptionId, PasskeyId, RegisteredDeviceId, VerificationId};
pub use mfa::{
    LegacyMfaFactor, LegacyMfaToken, LegacyTokenKind, MfaAction, MfaActionCheck, MfaActionReason, MfaClient,
    MfaFactor, MfaFactorKind, MfaMethod, OtpauthUri, Passkey, PasskeysClient, QrCode, RecoveryCode,
    TotpEnrollment, TotpSecret, mfa_action_scope,
};
pub use oauth::{RedirectOutcome, SocialProvider};
pub use otp::{OtpChannel, OtpVerification, PhoneNumber};
pub use platform::{
    BrowserRequest, CaptchaChallenge, CaptchaProvider, DeviceKeys, DevicePublicKey,
    DeviceRegistrationListener, DeviceRegistrationStatus, ElevationListener, InMemoryStorage, LogLevel,
    LogRecord, LogSink, OAuthBrowser, PasskeyProvider, Platform, PlatformError, SecureStorage,
    SessionListener, SoftwareKeys, StepUpStateListener, WalletAccount, WalletChain, WalletMessage,
    WalletProvider, WalletSigner, insecure_in_memory_platform,
};
pub use scope::TokenScope;
pub use step_up::{
    CheckReason, CodePrompt, HttpHeader, PreparedPasskey, StepUpAuthClient, StepUpCheck, StepUpCredential,
    StepUpFilter, StepUpFlow, StepUpFlowEnd, StepUpFlowListener, StepUpFlowState, StepUpMethod, StepUpOption,
    StepUpState,
};
pub use subscription::Subscription;
pub use token::{ElevatedAccessToken, Elevation};

uniffi::setup_scaffolding!("stepup_core");

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../docs/migration/from-action-based-mfa.md")]
struct FromActionBasedMfa;

#[cfg(doctest)]
#[doc = include_str!("../docs/migration/from-the-vendors-sdks.md")]
struct FromTheVendorsSdks;
