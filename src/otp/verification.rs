//! A code that was sent, as the app sees it.

use std::time::SystemTime;

use super::{Destination, PhoneNumber};
use crate::identifier::VerificationId;

/// A code that is on its way to the user.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct OtpVerification {
    /// Names this verification in `verify_otp` and `resend_otp`. Not a secret.
    pub id: VerificationId,
    /// How it was sent.
    pub channel: OtpChannel,
    /// Where it was sent, masked so that it can be shown: `a•••@example.com`, `+1 •••67`.
    pub masked_destination: String,
    /// From when on the app should offer to send it again, on this device's clock.
    pub resend_at: SystemTime,
}

/// How a code is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum OtpChannel {
    /// By e-mail.
    Email,
    /// By SMS.
    Sms,
}

impl Destination {
    pub(crate) fn channel(&self) -> OtpChannel {
        match self {
            Self::Email(_) => OtpChannel::Email,
            Self::Phone(_) => OtpChannel::Sms,
        }
    }

    pub(crate) fn masked(&self) -> String {
        match self {
            Self::Email(address) => masked_email(address),
            Self::Phone(phone) => masked_phone(phone),
        }
    }
}

fn masked_email(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}•••@{domain}")
}

fn masked_phone(phone: &PhoneNumber) -> String {
    let digits = phone.number.chars().count();
    let shown: String = phone.number.chars().skip(digits.saturating_sub(2).max(digits / 2)).collect();
    format!("+{} •••{shown}", phone.country_code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_destination_shows_little() {
        assert_eq!(masked_email("ada@example.com"), "a•••@example.com");
        assert_eq!(masked_email("broken"), "b•••@");
        let phone = |number: &str| PhoneNumber::new("1", number).normalized().unwrap();
        assert_eq!(masked_phone(&phone("2025550167")), "+1 •••67");
        assert_eq!(masked_phone(&PhoneNumber { number: "1".into(), ..phone("2025550167") }), "+1 •••1");
    }
}
