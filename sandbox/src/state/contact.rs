//! E-mail addresses and phone numbers, and the credentials made of them.

use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::clock::iso;
use crate::outbox::Channel;

/// Where a code can be sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Contact {
    Email(String),
    Phone(Phone),
}

/// A phone number in its three parts.
#[derive(Debug, Clone)]
pub(crate) struct Phone {
    /// Digits without plus.
    pub(crate) country_code: String,
    /// National number, digits only.
    pub(crate) number: String,
    /// ISO 3166-1 alpha-2.
    pub(crate) iso_country: String,
}

/// The country's name does not make it another number.
impl PartialEq for Phone {
    fn eq(&self, other: &Self) -> bool {
        self.country_code == other.country_code && self.number == other.number
    }
}

impl Eq for Phone {}

impl std::hash::Hash for Phone {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.country_code.hash(state);
        self.number.hash(state);
    }
}

impl Contact {
    /// An e-mail address, lower-cased; `None` when it cannot be one.
    pub(crate) fn email(address: &str) -> Option<Self> {
        let address = address.trim().to_lowercase();
        let (local, domain) = address.split_once('@')?;
        let plausible = !local.is_empty()
            && domain.split('.').count() > 1
            && domain.split('.').all(|label| !label.is_empty())
            && address.len() <= 254
            && !address.contains(|c: char| c.is_whitespace() || c.is_control())
            && !domain.contains('@');
        plausible.then_some(Self::Email(address))
    }

    /// A phone number; `None` when a part is not made of digits (a plus sign counts as wrong) or too long
    /// (E.164).
    pub(crate) fn phone(country_code: &str, number: &str, iso_country: &str) -> Option<Self> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let plausible = digits(country_code)
            && digits(number)
            && country_code.len() <= 3
            && number.len() >= 4
            && country_code.len() + number.len() <= 15
            && iso_country.len() == 2
            && iso_country.bytes().all(|byte| byte.is_ascii_alphabetic());
        plausible.then(|| {
            Self::Phone(Phone {
                country_code: country_code.into(),
                number: number.into(),
                iso_country: iso_country.to_uppercase(),
            })
        })
    }

    pub(crate) fn channel(&self) -> Channel {
        match self {
            Self::Email(_) => Channel::Email,
            Self::Phone(_) => Channel::Sms,
        }
    }

    /// The address, or the number in E.164 form.
    pub(crate) fn address(&self) -> String {
        match self {
            Self::Email(address) => address.clone(),
            Self::Phone(phone) => format!("+{}{}", phone.country_code, phone.number),
        }
    }
}

/// A verified contact of a user.
#[derive(Debug, Clone)]
pub(crate) struct Credential {
    pub(crate) id: Uuid,
    pub(crate) contact: Contact,
    pub(crate) verified_at: OffsetDateTime,
}

impl Credential {
    pub(crate) fn new(contact: Contact, now: OffsetDateTime) -> Self {
        Self { id: Uuid::new_v4(), contact, verified_at: now }
    }

    /// As `verifiedCredentials[]` shows it.
    pub(crate) fn to_json(&self) -> Value {
        let mut json = json!({
            "id": self.id,
            "format": self.format(),
            "public_identifier": self.contact.address(),
            "signInEnabled": true,
            "verifiedAt": iso(self.verified_at),
            "lastSelectedAt": null,
        });
        if let Some(fields) = json.as_object_mut() {
            match &self.contact {
                Contact::Email(address) => {
                    fields.insert("email".into(), address.clone().into());
                }
                Contact::Phone(phone) => {
                    fields.insert("phoneNumber".into(), phone.number.clone().into());
                    fields.insert("phoneCountryCode".into(), phone.country_code.clone().into());
                    fields.insert("isoCountryCode".into(), phone.iso_country.clone().into());
                }
            }
        }
        json
    }

    pub(crate) fn format(&self) -> &'static str {
        match self.contact {
            Contact::Email(_) => "email",
            Contact::Phone(_) => "phoneNumber",
        }
    }
}
