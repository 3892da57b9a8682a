//! Adding and removing an authenticator app (RFC 6238).

use std::{fmt, sync::Arc};

use serde_json::json;

use super::{QrCode, first_code};
use crate::{
    api::{Request, models::TotpEnrollmentAnswer, operations},
    context::Context,
    error::{StepUpError, UnavailableReason},
    identifier::MfaFactorId,
    otp,
    secret::public_secret,
};

public_secret! {
    /// The shared secret of an authenticator app, in base32, for people who type it.
    TotpSecret
}

public_secret! {
    /// The `otpauth://` URI of an authenticator app; on a phone, opening it adds the account.
    OtpauthUri
}

/// An authenticator app that waits for its first code. Printing it shows the device's id only.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct TotpEnrollment {
    /// The device's id.
    pub device_id: MfaFactorId,
    /// The secret, to be typed.
    pub secret: TotpSecret,
    /// The URI, to be opened.
    pub uri: OtpauthUri,
    /// The URI, to be scanned.
    pub qr_code: QrCode,
}

impl Context {
    pub(super) async fn enroll_totp(self: &Arc<Self>) -> Result<TotpEnrollment, StepUpError> {
        let epoch = self.signed_in().await?.epoch;
        let answer = self.call(Request::new(&operations::ENROLL_TOTP)).await.map_err(explained)?;
        let enrollment: TotpEnrollmentAnswer = answer.read()?;
        let uri = enrollment.uri.expose();
        // A URI that no authenticator app can read is found out here, not by the user. Secrets shorter than
        // RFC 4226 recommends are in use, so the length is not judged.
        let is_readable = totp_rs::Totp::from_url_unchecked(uri).is_ok();
        let qr_code = QrCode::of(uri).filter(|_| is_readable);
        let begun = TotpEnrollment {
            device_id: enrollment.id.into(),
            secret: enrollment.secret.expose().to_owned().into(),
            uri: uri.to_owned().into(),
            qr_code: qr_code.ok_or_else(|| answer.malformed("the otpauth URI cannot be read"))?,
        };
        self.state.in_epoch(epoch, |data| data.totp_enrollment = Some(enrollment.uri));
        Ok(begun)
    }

    pub(super) async fn confirm_totp(self: &Arc<Self>, typed: &str) -> Result<(), StepUpError> {
        let epoch = self.signed_in().await?.epoch;
        let begun = self.state.in_epoch(epoch, |data| data.totp_enrollment.clone()).flatten();
        let code = match &begun {
            Some(uri) => first_code::looked_at(uri.expose(), typed, self.state.clock.now())?,
            None => otp::otp(typed)?,
        };
        self.prove(&operations::VERIFY_TOTP, json!({ "code": code }), &[]).await?;
        // One that was begun meanwhile stays.
        self.state.in_epoch(epoch, |data| {
            data.totp_enrollment.take_if(|waiting| Some(&*waiting) == begun.as_ref());
        });
        Ok(())
    }

    pub(super) async fn set_default_factor(self: &Arc<Self>, id: &MfaFactorId) -> Result<(), StepUpError> {
        let request = Request::new(&operations::SET_DEFAULT_FACTOR).id(id.as_str())?;
        self.call(request.body(json!({ "default": true }))).await.map(drop)
    }

    pub(super) async fn delete_totp(self: &Arc<Self>, id: &MfaFactorId) -> Result<(), StepUpError> {
        self.call(Request::new(&operations::DELETE_TOTP).id(id.as_str())?).await.map(drop)
    }
}

/// A 401 while the session is alive: the API's way of saying that there is an authenticator app already.
fn explained(error: StepUpError) -> StepUpError {
    match error {
        StepUpError::Server { operation, answer, .. }
            if answer.status == 401 && operation == operations::ENROLL_TOTP.name =>
        {
            let reason = UnavailableReason::AlreadyEnrolled;
            StepUpError::MethodUnavailable { reason, answer: Some(answer) }
        }
        error => error,
    }
}

impl fmt::Display for TotpEnrollment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "TotpEnrollment {{ device_id: {}, .. }}", self.device_id)
    }
}

impl fmt::Debug for TotpEnrollment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
