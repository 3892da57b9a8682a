//! What the core reads out of JSON Web Tokens (RFC 7519). The server verifies signatures; the core only
//! plans with what it was told, so nothing here grants anything.

use jsonwebtoken::dangerous::insecure_decode_claims;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{clock::UnixMillis, identifier::CredentialId, scope::TokenScope};

/// The payload of an elevated access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TokenClaims {
    pub(crate) subject: Option<String>,
    /// Sorted, without repetition, at least one.
    pub(crate) scopes: Vec<TokenScope>,
    pub(crate) expires_at: UnixMillis,
    pub(crate) single_use: bool,
}

#[derive(Deserialize)]
struct RawTokenClaims {
    sub: Option<String>,
    scope: Option<String>,
    exp: Option<f64>,
    #[serde(rename = "singleUse")]
    single_use: Option<bool>,
}

impl TokenClaims {
    /// None for a token that cannot be used: no JWT, no scope, no expiry.
    pub(crate) fn read(token: &str) -> Option<Self> {
        let raw: RawTokenClaims = claims(token)?;
        let mut scopes: Vec<TokenScope> = raw.scope?.split_ascii_whitespace().map(TokenScope::from).collect();
        scopes.sort();
        scopes.dedup();
        if scopes.is_empty() {
            return None;
        }
        let expires_at = UnixMillis::from_seconds(whole_seconds(raw.exp?)?);
        Some(Self { subject: raw.sub, scopes, expires_at, single_use: raw.single_use.unwrap_or(false) })
    }
}

/// What the core uses of a session's JWT.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct SessionClaims {
    /// The credential that the user signed in with; it stays the same as long as the session is re-issued.
    pub(crate) signin_credential_id: Option<CredentialId>,
}

impl SessionClaims {
    /// Opaque or unreadable tokens simply tell nothing.
    pub(crate) fn read(token: &str) -> Self {
        claims(token).unwrap_or_default()
    }
}

/// By way of the tree, as all JSON is read here.
fn claims<T: DeserializeOwned>(token: &str) -> Option<T> {
    insecure_decode_claims(token).ok().and_then(|claims: Value| serde_json::from_value(claims).ok())
}

/// NumericDate may have a fraction (RFC 7519 §2); it is cut off, so a token never seems to live longer than
/// it does.
pub(super) fn whole_seconds(date: f64) -> Option<i64> {
    if !date.is_finite() || !(0.0..1e12).contains(&date) {
        return None;
    }
    format!("{:.0}", date.floor()).parse().ok()
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::dangerous;

    use super::*;

    /// Made by hand: {"alg":"none"} and the payload beside each.
    fn token(payload: &str) -> String {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut encoded = String::new();
        for chunk in payload.as_bytes().chunks(3) {
            let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
                << (8 * (3 - chunk.len()));
            for index in 0..=chunk.len() {
                let six = bits >> (18 - 6 * index) & 63;
                encoded.push(char::from(ALPHABET[usize::try_from(six).unwrap()]));
            }
        }
        format!("eyJhbGciOiJub25lIn0.{encoded}.")
    }

    #[test]
    fn the_helper_makes_tokens() {
        let claims: serde_json::Value = dangerous::insecure_decode_claims(token(r#"{"a":1}"#)).unwrap();
        assert_eq!(claims["a"], 1);
    }

    #[test]
    fn claims_are_read() {
        let claims = TokenClaims::read(&token(
            r#"{"sub":"u","scope":"b  a b","exp":1700000000.9,"singleUse":true,"new":[]}"#,
        ));
        let claims = claims.unwrap();
        assert_eq!(claims.scopes, [TokenScope::from("a"), TokenScope::from("b")]);
        assert_eq!(claims.expires_at, UnixMillis::from_seconds(1_700_000_000));
        assert!(claims.single_use);
        assert_eq!(claims.subject.as_deref(), Some("u"));
    }

    #[test]
    fn a_token_that_permits_nothing_is_none() {
        for payload in [
            r#"{"exp":1700000000}"#,
            r#"{"scope":"a"}"#,
            r#"{"scope":" ","exp":1700000000}"#,
            r#"{"scope":"a","exp":-1}"#,
            r#"{"scope":"a","exp":1e300}"#,
            r#"{"scope":["a"],"exp":1700000000}"#,
            r#"{"scope":"a","exp":"1700000000"}"#,
            "[]",
            "",
        ] {
            assert_eq!(TokenClaims::read(&token(payload)), None, "{payload}");
        }
        for text in ["", ".", "..", "a.b", "a.b.c", "\u{0}"] {
            assert_eq!(TokenClaims::read(text), None, "{text:?}");
        }
    }
}
