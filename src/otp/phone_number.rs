//! Phone numbers in the three parts that the API takes.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::country_codes;
use crate::error::StepUpError;

/// A phone number. Printing one shows nothing of the number.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct PhoneNumber {
    /// Country calling code, with or without `+`: `49`.
    pub country_code: String,
    /// The number without the country's code; blanks, hyphens, dots and brackets may stand in it.
    pub number: String,
    /// ISO 3166-1 code of the country, `DE`. Without it, the main country of the calling code is taken.
    #[uniffi(default = None)]
    pub iso_country_code: Option<String>,
}

impl PhoneNumber {
    /// A number whose country is the main one of its calling code.
    pub fn new(country_code: impl Into<String>, number: impl Into<String>) -> Self {
        Self { country_code: country_code.into(), number: number.into(), iso_country_code: None }
    }

    /// Digits only, and with an ISO code: what the API takes.
    pub(crate) fn normalized(&self) -> Result<Self, StepUpError> {
        let wrong =
            |reason: &str| StepUpError::InvalidArgument { argument: "phone".into(), reason: reason.into() };
        let country_code = digits(self.country_code.trim().trim_start_matches('+'));
        let country_code = country_code.filter(|code| (1..=4).contains(&code.len()));
        let country_code =
            country_code.ok_or_else(|| wrong("has no country calling code of one to four digits"))?;
        let number = digits(&self.number).filter(|number| (4..=14).contains(&number.len()));
        let number = number.ok_or_else(|| wrong("has no number of four to fourteen digits"))?;
        let given = self.iso_country_code.as_deref().map(str::trim).filter(|iso| !iso.is_empty());
        let iso = match given {
            Some(iso) if iso.len() == 2 && iso.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                iso.to_uppercase()
            }
            Some(_) => return Err(wrong("has an ISO country code that is not two letters")),
            None => country_codes::main_country(&country_code)
                .ok_or_else(|| wrong("has an unknown country calling code"))?
                .to_owned(),
        };
        Ok(Self { country_code, number, iso_country_code: Some(iso) })
    }
}

fn digits(text: &str) -> Option<String> {
    text.chars()
        .filter(|symbol| !(symbol.is_whitespace() || matches!(symbol, '-' | '.' | '(' | ')' | '/')))
        .map(|symbol| symbol.is_ascii_digit().then_some(symbol))
        .collect()
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PhoneNumber([redacted])")
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalized(country_code: &str, number: &str, iso: Option<&str>) -> Option<(String, String, String)> {
        let iso_country_code = iso.map(Into::into);
        let phone =
            PhoneNumber { country_code: country_code.into(), number: number.into(), iso_country_code };
        let phone = phone.normalized().ok()?;
        Some((phone.country_code, phone.number, phone.iso_country_code.unwrap()))
    }

    #[test]
    fn fault_50_a_plus_sign_and_a_missing_iso_code_do_no_harm() {
        let expected = |code: &str, number: &str, iso: &str| Some((code.into(), number.into(), iso.into()));
        assert_eq!(normalized("+1", "(202) 555-0167", None), expected("1", "2025550167", "US"));
        assert_eq!(normalized(" 49 ", "30 1234567", Some("de")), expected("49", "301234567", "DE"));
        assert_eq!(normalized("1", "6135550123", Some("CA")), expected("1", "6135550123", "CA"));
        assert_eq!(normalized("44", "2079460000", Some("")), expected("44", "2079460000", "GB"));
    }

    #[test]
    fn what_is_no_phone_number_is_refused() {
        assert_eq!(normalized("", "2025550167", None), None);
        assert_eq!(normalized("999", "2025550167", None), None);
        assert_eq!(normalized("1", "call me", None), None);
        assert_eq!(normalized("1", "123", None), None);
        assert_eq!(normalized("1", "2025550167", Some("USA")), None);
    }
}
