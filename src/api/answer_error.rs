//! The five shapes of an error's body, read into what an app can act on.
//!
//! Only machine-readable codes are kept. Texts are looked at here and dropped: they may name an address.

use serde_json::Value;

use super::models::MergeConflictsBody;
use crate::auth::MergeConflicts;

/// What an error's body says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct AnswerError {
    pub(super) code: Option<String>,
    pub(super) wants_elevation: bool,
    /// The account that could be merged with this one.
    pub(super) merge: Option<MergeConflicts>,
}

/// Reads `{error}`, `{error, code}`, `{error: {code, message}}`, `{message, code: 429}`, or none of them.
pub(super) fn read(status: u16, body: &[u8]) -> AnswerError {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let error = &body["error"];
    let code = [&body["code"], &error["code"]].into_iter().find_map(code_of);
    let texts = [error, &error["message"], &body["message"]].into_iter().filter_map(Value::as_str);
    let says_so = code.iter().map(String::as_str).chain(texts).any(names_elevated_token);
    let offers_merge = code.as_deref() == Some("merge_accounts_confirmation");
    let merge = || serde_json::from_value::<MergeConflictsBody>(body["payload"]["mergeConflicts"].clone());
    let merge = offers_merge.then(merge).and_then(Result::ok).map(MergeConflicts::from);
    AnswerError { wants_elevation: status == 403 && says_so, code, merge }
}

/// Whether an answer of this form asks for an elevated access token.
pub(crate) fn wants_elevation(status: i32, body: &[u8]) -> bool {
    status == 403 && read(403, body).wants_elevation
}

/// A code as it may be passed on: a word or a short number, such as the limiter's 429. Never an address, a
/// sentence, a token (dots), and no number that may be a one-time password or a phone's.
fn code_of(value: &Value) -> Option<String> {
    let code = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let is_number = code.bytes().all(|byte| byte.is_ascii_digit());
    let longest = if is_number { 5 } else { 64 };
    ((1..=longest).contains(&code.len()) && code.bytes().all(is_word)).then_some(code)
}

/// The refusal has a documented text and no documented code, so both are looked at.
fn names_elevated_token(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains("elevated_access_token") || text.contains("elevated access token")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(status: u16, body: &str) -> Option<String> {
        read(status, body.as_bytes()).code
    }

    #[test]
    fn fault_29_all_five_shapes_keep_their_code() {
        assert_eq!(code(400, r#"{"error":"text"}"#), None);
        assert_eq!(
            code(422, r#"{"error":"text","code":"mfa_invalid_code","payload":{}}"#).unwrap(),
            "mfa_invalid_code"
        );
        assert_eq!(
            code(403, r#"{"error":{"code":"blocked","message":"no"},"payload":{}}"#).unwrap(),
            "blocked"
        );
        assert_eq!(code(429, r#"{"message":"Rate limit exceeded","code":429}"#).unwrap(), "429");
        assert_eq!(code(502, "<html>bad gateway</html>"), None);
        assert_eq!(code(500, ""), None);
    }

    #[test]
    fn fault_44_only_a_403_that_says_so_is_about_step_up() {
        let wants = |status, body: &str| wants_elevation(status, body.as_bytes());
        assert!(wants(403, r#"{"error":"Elevated access token required"}"#));
        assert!(wants(403, r#"{"error":"no","code":"elevated_access_token_required"}"#));
        assert!(wants(403, r#"{"error":{"code":"x","message":"elevated access token missing"}}"#));
        assert!(!wants(403, r#"{"error":"Insufficient scope permissions"}"#));
        assert!(!wants(403, r#"{"error":"Forbidden"}"#));
        assert!(!wants(401, r#"{"error":"Elevated access token required"}"#));
        assert!(!wants(403, "<html>Forbidden</html>"));
    }

    #[test]
    fn i11_a_code_that_is_not_a_word_is_not_passed_on() {
        for told in [r#""ada@example.com""#, r#""123456""#, "12025550167", r#""eyJ.eyJ.c2ln""#, r#""""#] {
            assert_eq!(code(422, &format!(r#"{{"code":{told}}}"#)), None, "{told}");
        }
        assert_eq!(code(422, &format!(r#"{{"code":"{}"}}"#, "a".repeat(65))), None);
    }

    proptest! {
        #[test]
        fn any_body_is_read(status in 100..600_u16, body in prop::collection::vec(any::<u8>(), 0..200)) {
            let read = read(status, &body);
            prop_assert!(status == 403 || !read.wants_elevation);
        }
    }
}
