//! The golden exchanges: what each operation puts on the wire, field by field, in `tests/contract/`.
//!
//! `{…}` stands for a value that differs each time: `{uuid}`, `{email}`, `{version}`, `{text}`, `{instant}`,
//! `{jwt}`, `{base58}`, `{base64url}`, `{alphanumeric}`, `{alphanumeric:50}`, `{digits:6}`, `{hex:66}`,
//! `{hex digits:40}` with capitals too, and the tokens, which are compared with those that the client holds.

use std::{collections::BTreeMap, fs, path::PathBuf};

use serde_json::{Map, Value, json};
use stepup_core::{StepUpError, TokenScope};

use crate::{
    bench::Bench,
    door::Recorded,
    operations::{Row, rows, variants},
    sweep::every_operation,
};

/// Scopes whose tokens serve more than once.
const REUSABLE: [TokenScope; 4] = [
    TokenScope::CREDENTIAL_LINK,
    TokenScope::CREDENTIAL_UNLINK,
    TokenScope::USER_UPDATE,
    TokenScope::USER_DELETE,
];
/// Belongs to HTTP/1.1, not to the API.
const HTTP_HEADERS: [&str; 2] = ["host", "content-length"];

#[tokio::test]
async fn every_operation_is_on_the_wire_as_its_golden_exchange_says() {
    for swept in every_operation().await {
        let golden = golden(swept.row.name);
        let seen = seen(&swept.request, &swept.environment_id);
        if let Err(difference) = swept.tokens.fit(&golden, &seen, "") {
            panic!("{}: {difference}\nseen: {seen:#}", swept.row.name);
        }
    }
}

#[test]
fn every_golden_exchange_belongs_to_an_operation() {
    let files = fs::read_dir(folder()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<String> = files.collect();
    let mut names: Vec<String> = all_rows().map(|row| format!("{}.json", row.name)).collect();
    files.sort();
    names.sort();
    assert_eq!(files, names);
}

#[test]
fn a_golden_exchange_does_not_fit_another_request() {
    let tokens = Tokens(BTreeMap::from([("session token".into(), "a.b.c".into())]));
    let fit = |golden: Value, seen: Value| tokens.fit(&golden, &seen, "").is_ok();
    assert!(fit(json!({ "a": "Bearer {session token}" }), json!({ "a": "Bearer a.b.c" })));
    assert!(!fit(json!({ "a": "Bearer {session token}" }), json!({ "a": "Bearer a.b.d" })));
    assert!(!fit(json!({ "a": 1 }), json!({ "a": 1, "b": 2 })));
    assert!(!fit(json!({ "a": 1, "b": 2 }), json!({ "a": 1 })));
    assert!(!fit(json!({ "a": [1] }), json!({ "a": [1, 2] })));
    assert!(!fit(json!("{digits:6}"), json!("12345")));
    assert!(!fit(json!("{hex:2}"), json!("AB")));
    assert!(fit(json!("0x{hex:2} at {digits}\n"), json!("0xab at 12\n")));
    assert!(!fit(json!("0x{hex:2} at {digits}\n"), json!("0xab at 12\n\n")));
    assert!(!fit(json!("0x{hex:2} at {digits}"), json!("0xab at ")));
    assert!(!fit(json!(null), json!({})));
}

fn all_rows() -> impl Iterator<Item = Row> {
    rows().into_iter().chain(variants())
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/contract")
}

fn golden(name: &str) -> Value {
    let file = folder().join(format!("{name}.json"));
    let text = fs::read_to_string(&file).unwrap_or_else(|_| panic!("{name} has no golden exchange"));
    serde_json::from_str(&text).unwrap()
}

impl Bench {
    /// What was sent to an operation's endpoint.
    pub(crate) fn requests(&self, row: Row) -> Vec<Recorded> {
        self.door.requests().into_iter().filter(|request| request.is(row.method, row.path)).collect()
    }
}

/// A request in the form of the golden ones. Its path lies below the environment of the configuration.
fn seen(request: &Recorded, environment_id: &str) -> Value {
    assert_eq!(request.full_path, format!("/api/v0/sdk/{environment_id}/{}", request.path()));
    let pairs = url::form_urlencoded::parse(request.query.as_bytes()).into_owned();
    let query: Map<String, Value> = pairs.map(|(name, value)| (name, value.into())).collect();
    let own = request.headers.iter().filter(|(name, _)| !HTTP_HEADERS.contains(&name.as_str()));
    let headers: Map<String, Value> =
        own.map(|(name, _)| (name.clone(), request.header(name).into())).collect();
    let Recorded { method, body, .. } = request;
    json!({ "method": method, "path": request.path(), "query": query, "headers": headers, "body": body })
}

/// The tokens that the client holds, by the placeholder that stands for them.
pub(crate) struct Tokens(BTreeMap<String, String>);

impl Tokens {
    pub(crate) async fn of(bench: &Bench) -> Self {
        let session = bench.snapshot().await.token.unwrap();
        let mut tokens = BTreeMap::from([("session token".to_owned(), session)]);
        let step_up = bench.client().step_up();
        for scope in REUSABLE {
            // Not spent by this.
            match step_up.take_elevated_access_token(scope.clone(), None).await {
                Ok(Some(token)) => drop(tokens.insert(format!("token for {scope}"), token.expose().into())),
                Ok(None) | Err(StepUpError::DeviceRegistrationRequired) => {}
                Err(error) => panic!("{error}"),
            }
        }
        if let Some(token) = bench.client().mfa().consume_legacy_token() {
            assert!(bench.client().mfa().has_legacy_token(), "a reusable one");
            tokens.insert("legacy token".into(), token.expose().to_owned());
        }
        Self(tokens)
    }

    pub(crate) fn session(&self) -> &str {
        &self.0["session token"]
    }

    fn fit(&self, golden: &Value, seen: &Value, place: &str) -> Result<(), String> {
        let differs = || Err(format!("`{place}` should be {golden} and is {seen}"));
        match (golden, seen) {
            (Value::Object(golden), Value::Object(seen)) => {
                let names: Vec<_> = golden.keys().chain(seen.keys()).collect();
                names.into_iter().try_for_each(|name| match (golden.get(name), seen.get(name)) {
                    (Some(golden), Some(seen)) => self.fit(golden, seen, &format!("{place}/{name}")),
                    (Some(_), None) => Err(format!("`{place}/{name}` is missing")),
                    _ => Err(format!("`{place}/{name}` is not in the golden exchange")),
                })
            }
            (Value::Array(golden), Value::Array(seen)) if golden.len() == seen.len() => {
                golden.iter().zip(seen).try_for_each(|(golden, seen)| self.fit(golden, seen, place))
            }
            (Value::String(golden), Value::String(seen)) if self.fits(golden, seen) => Ok(()),
            (golden, seen) if !golden.is_string() && golden == seen => Ok(()),
            _ => differs(),
        }
    }

    fn fits(&self, golden: &str, seen: &str) -> bool {
        let Some((before, rest)) = golden.split_once('{') else { return golden == seen };
        let (placeholder, after) = rest.split_once('}').unwrap();
        let Some(seen) = seen.strip_prefix(before) else { return false };
        let (next, _) = after.split_once('{').unwrap_or((after, ""));
        // A value ends where the text after it begins.
        let end = if next.is_empty() { Some(seen.len()) } else { seen.find(next) };
        end.is_some_and(|end| self.stands_for(placeholder, &seen[..end]) && self.fits(after, &seen[end..]))
    }

    fn stands_for(&self, placeholder: &str, value: &str) -> bool {
        if let Some(token) = self.0.get(placeholder) {
            return token == value;
        }
        let (kind, length) = placeholder.split_once(':').unwrap_or((placeholder, ""));
        let of = |allowed: fn(u8) -> bool| !value.is_empty() && value.bytes().all(allowed);
        let is_kind = match kind {
            "alphanumeric" => of(|byte| byte.is_ascii_alphanumeric()),
            "digits" => of(|byte| byte.is_ascii_digit()),
            "hex" => of(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
            "hex digits" => of(|byte| byte.is_ascii_hexdigit()),
            "base58" => of(|byte| byte.is_ascii_alphanumeric() && !matches!(byte, b'0' | b'O' | b'I' | b'l')),
            "base64url" => of(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')),
            "uuid" => value.len() == 36 && of(|byte| byte.is_ascii_hexdigit() || byte == b'-'),
            "email" => value.contains('@'),
            "version" => of(|byte| byte.is_ascii_digit() || byte == b'.'),
            "text" => !value.is_empty(),
            "instant" => humantime::parse_rfc3339(value).is_ok(),
            "jwt" => value.split('.').count() == 3 && value.starts_with("eyJ"),
            other => panic!("unknown placeholder {other}, or no such token is held"),
        };
        is_kind && (length.is_empty() || length.parse() == Ok(value.len()))
    }
}
