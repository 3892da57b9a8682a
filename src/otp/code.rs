//! Codes as people type and paste them.

use crate::error::{CodeRefusal, StepUpError};

/// An OTP or TOTP: six digits once blanks and dashes are dropped and other scripts' digits are mapped.
/// Anything else is refused here, so that no attempt is spent on it.
pub(crate) fn otp(typed: &str) -> Result<String, StepUpError> {
    otp_of(typed, 6)
}

/// The same with as many digits as an authenticator app was told to show.
pub(crate) fn otp_of(typed: &str, digits: u8) -> Result<String, StepUpError> {
    let code: Option<String> = without_separators(typed).map(decimal_digit).collect();
    code.filter(|code| code.len() == usize::from(digits)).ok_or_else(malformed)
}

/// A recovery code: blanks and dashes dropped, case kept.
pub(crate) fn recovery_code(typed: &str) -> Result<String, StepUpError> {
    let code: String =
        without_separators(typed).map(|symbol| decimal_digit(symbol).unwrap_or(symbol)).collect();
    let is_code = (4..=64).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_code { Ok(code) } else { Err(malformed()) }
}

fn malformed() -> StepUpError {
    StepUpError::InvalidCode { reason: CodeRefusal::Malformed, answer: None }
}

/// Blanks of all kinds, hyphens and dashes, and the invisible marks that pasted text brings along.
fn without_separators(typed: &str) -> impl Iterator<Item = char> + '_ {
    typed.chars().filter(|symbol| {
        let is_dash = matches!(symbol, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}');
        let is_mark =
            matches!(symbol, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}');
        !(symbol.is_whitespace() || is_dash || is_mark)
    })
}

/// Where the scripts begin whose ten digits stand in a row (Unicode `Nd`) and which keyboards offer.
const ZEROS: [char; 18] = [
    '0', '\u{660}', '\u{6f0}', '\u{7c0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}', '\u{be6}',
    '\u{c66}', '\u{ce6}', '\u{d66}', '\u{e50}', '\u{ed0}', '\u{1040}', '\u{17e0}', '\u{ff10}',
];

fn decimal_digit(symbol: char) -> Option<char> {
    ZEROS
        .iter()
        .filter_map(|zero| u32::from(symbol).checked_sub(u32::from(*zero)))
        .find_map(|value| char::from_digit(value, 10))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_are_read_as_people_write_them() {
        for typed in [
            "123456",
            " 123 456\n",
            "123-456",
            "123\u{2013}456",
            "١٢٣٤٥٦",
            "१२३४५६",
            "１２３４５６",
            "\u{feff}123456",
        ] {
            assert_eq!(otp(typed).unwrap(), "123456", "{typed:?}");
        }
    }

    #[test]
    fn what_cannot_be_a_code_is_refused() {
        for typed in ["", "12345", "1234567", "12345a", "12345六", "123.456", "½23456"] {
            assert!(matches!(otp(typed), Err(StepUpError::InvalidCode { answer: None, .. })), "{typed:?}");
        }
    }

    #[test]
    fn a_recovery_code_keeps_its_case() {
        assert_eq!(recovery_code(" aBcD-1234 ").unwrap(), "aBcD1234");
        assert!(recovery_code("").is_err());
        assert!(recovery_code("a/b/c/d").is_err());
    }

    proptest! {
        #[test]
        fn an_accepted_code_is_six_ascii_digits(typed in ".{0,12}") {
            if let Ok(code) = otp(&typed) {
                prop_assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()));
            }
        }
    }
}
