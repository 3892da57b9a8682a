//! Assertions of the app's own backend (RFC 7523 §3 in spirit): what can be told of one without its key.
//!
//! An assertion serves once, so one that the server would refuse anyway is not spent.

use jsonwebtoken::dangerous::insecure_decode_claims;
use serde_json::{Map, Value};

use super::claims::whole_seconds;
use crate::{
    clock::UnixMillis,
    error::StepUpError,
    scope::{self, TokenScope},
    secret::SecretString,
};

/// An assertion that names somebody and has not expired.
pub(crate) struct Assertion {
    jwt: SecretString,
    claims: Map<String, Value>,
}

impl Assertion {
    /// # Errors
    /// `InvalidArgument` for what is no JWT, has no `sub`, or has expired.
    pub(crate) fn read(jwt: SecretString, now: UnixMillis) -> Result<Self, StepUpError> {
        let text = jwt.expose().trim();
        let is_jwt = text.split('.').count() == 3;
        let claims = is_jwt.then(|| insecure_decode_claims(text).ok()).flatten();
        let assertion = Self { claims: claims.ok_or_else(|| invalid("is not a JWT"))?, jwt };
        assertion.demand("sub")?;
        if let Some(date) = assertion.claims.get("exp") {
            let seconds = date.as_f64().and_then(whole_seconds);
            let expires_at = seconds.ok_or_else(|| invalid("has an `exp` that is not a date"))?;
            if UnixMillis::from_seconds(expires_at) <= now {
                return Err(invalid("has expired"));
            }
        }
        Ok(assertion)
    }

    pub(crate) fn jwt(&self) -> &str {
        self.jwt.expose().trim()
    }

    /// The scopes that it asks for.
    ///
    /// # Errors
    /// `InvalidArgument` if there are none, or if it lacks what a step-up needs besides: `jti`, `exp`.
    pub(crate) fn scopes(&self) -> Result<Vec<TokenScope>, StepUpError> {
        let scopes = self.demand("scope")?.split_ascii_whitespace().map(TokenScope::from).collect();
        self.demand("jti")?;
        if !self.claims.contains_key("exp") {
            return Err(lacks("exp"));
        }
        scope::validated_set(scopes).map_err(|_| invalid("has a `scope` that cannot be one"))
    }

    /// A claim that is a text, and not a blank one.
    fn demand(&self, name: &str) -> Result<&str, StepUpError> {
        let claim = self.claims.get(name).and_then(Value::as_str);
        claim.filter(|text| !text.trim().is_empty()).ok_or_else(|| lacks(name))
    }
}

fn lacks(claim: &str) -> StepUpError {
    invalid(&format!("has no `{claim}`"))
}

fn invalid(reason: &str) -> StepUpError {
    StepUpError::InvalidArgument { argument: "jwt".into(), reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const NOW: UnixMillis = UnixMillis(1_700_000_000_000);

    fn jwt(claims: &Value) -> SecretString {
        let payload = URL_SAFE_NO_PAD.encode(claims.to_string());
        SecretString::new(format!("eyJhbGciOiJSUzI1NiJ9.{payload}.c2ln"))
    }

    fn whole() -> Value {
        json!({ "sub": "u", "scope": "b a", "jti": "j", "exp": 1_700_000_001 })
    }

    fn without(claim: &str) -> Value {
        let mut claims = whole();
        claims.as_object_mut().unwrap().remove(claim);
        claims
    }

    fn with(claim: &str, value: Value) -> Value {
        let mut claims = whole();
        claims[claim] = value;
        claims
    }

    fn verified(claims: &Value) -> Result<Vec<TokenScope>, String> {
        let scopes = Assertion::read(jwt(claims), NOW).and_then(|assertion| assertion.scopes());
        scopes.map_err(|error| match error {
            StepUpError::InvalidArgument { argument, reason } if argument == "jwt" => reason,
            other => format!("{other:?}"),
        })
    }

    #[test]
    fn a_whole_assertion_tells_its_scopes() {
        let scopes = verified(&whole()).unwrap();
        assert_eq!(scopes, [TokenScope::from("a"), TokenScope::from("b")]);
    }

    #[test]
    fn a_hopeless_assertion_is_told_with_the_reason() {
        for claim in ["sub", "scope", "jti", "exp"] {
            let reason = format!("has no `{claim}`");
            assert_eq!(verified(&without(claim)), Err(reason.clone()));
            if claim != "exp" {
                assert_eq!(verified(&with(claim, " ".into())), Err(reason.clone()));
                assert_eq!(verified(&with(claim, json!(["x"]))), Err(reason));
            }
        }
        assert_eq!(verified(&with("exp", 1_700_000_000.into())), Err("has expired".into()));
        assert_eq!(verified(&with("exp", 1_700_000_000.9.into())), Err("has expired".into()));
        for exp in [json!("1700000001"), json!(null), json!(1e300)] {
            assert_eq!(verified(&with("exp", exp)), Err("has an `exp` that is not a date".into()));
        }
        let unsendable = with("scope", "wallet:export \u{e9}".into());
        assert_eq!(verified(&unsendable), Err("has a `scope` that cannot be one".into()));
    }

    #[test]
    fn what_is_no_jwt_is_told_as_such() {
        let (list, whole) = (jwt(&json!(["u", "s"])), jwt(&whole()));
        let four_parts = SecretString::new(format!("x.{}", whole.expose()));
        let texts = ["", "..", "a.b", "a.b.c", "not a token"].map(SecretString::new);
        for text in texts.into_iter().chain([list, four_parts]) {
            let refused = Assertion::read(text, NOW).map(drop);
            assert_eq!(refused, Err(invalid("is not a JWT")));
        }
        let padded = SecretString::new(format!(" {}\n", whole.expose()));
        assert_eq!(Assertion::read(padded, NOW).unwrap().jwt(), whole.expose());
    }

    #[test]
    fn a_sign_in_needs_no_expiry_and_no_scope() {
        assert!(Assertion::read(jwt(&json!({ "sub": "u" })), NOW).is_ok());
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            let _ = Assertion::read(SecretString::new(text), NOW);
        }

        #[test]
        fn any_claims_are_answered(sub in any::<String>(), scope in any::<String>(), exp in any::<f64>()) {
            let claims = json!({ "sub": sub, "scope": scope, "jti": "j", "exp": exp });
            let _ = Assertion::read(jwt(&claims), NOW).and_then(|assertion| assertion.scopes());
        }
    }
}
