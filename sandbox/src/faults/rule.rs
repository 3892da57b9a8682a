//! One rule: read from JSON, matched against requests.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde::Deserialize;
use serde_json::Value;

use super::{Effect, Fault, FaultAnswer};

/// What every path of the API begins with; the environment id follows.
const API_PREFIX: &str = "/api/v0/sdk/";

/// A fault and the requests it applies to. Read from the control API's JSON (`POST /sandbox/faults`).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "RuleBody")]
pub struct FaultRule {
    method: Method,
    path: Vec<Segment>,
    /// Matches left; none = until cleared.
    remaining: Option<NonZeroU32>,
    fault: Fault,
}

impl FaultRule {
    pub(super) fn fault(&self) -> Fault {
        self.fault.clone()
    }

    /// Counts one match; whether it was the last one.
    pub(super) fn used_up(&mut self) -> bool {
        let Some(remaining) = self.remaining else { return false };
        let left = NonZeroU32::new(remaining.get() - 1);
        self.remaining = left;
        left.is_none()
    }

    pub(super) fn matches(&self, method: &Method, path: &str) -> bool {
        let below_environment = path.strip_prefix(API_PREFIX).and_then(|rest| rest.split_once('/'));
        let Some((_, path)) = below_environment else { return false };
        let mut segments = path.split('/');
        self.method == *method
            && self.path.iter().all(|expected| segments.next().is_some_and(|given| expected.matches(given)))
            && segments.next().is_none()
    }
}

/// One part of a path template.
#[derive(Debug, Clone, PartialEq)]
enum Segment {
    Fixed(String),
    /// `{name}`: anything but nothing.
    Any,
}

impl Segment {
    fn matches(&self, given: &str) -> bool {
        match self {
            Self::Fixed(expected) => expected == given,
            Self::Any => !given.is_empty(),
        }
    }
}

/// A rule as written.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RuleBody {
    method: String,
    path: String,
    count: Option<u32>,
    latency_ms: Option<u64>,
    status: Option<u16>,
    headers: Option<BTreeMap<String, String>>,
    body: Option<Value>,
    cut: Option<Cut>,
    #[serde(default)]
    hang: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Cut {
    Before,
    Amid,
}

impl TryFrom<RuleBody> for FaultRule {
    type Error = String;

    fn try_from(body: RuleBody) -> Result<Self, String> {
        let remaining = match body.count {
            Some(count) => Some(NonZeroU32::new(count).ok_or("`count` must be at least 1")?),
            None => None,
        };
        Ok(Self {
            method: parse_method(&body.method)?,
            path: parse_path(&body.path)?,
            remaining,
            fault: parse_fault(body)?,
        })
    }
}

fn parse_method(text: &str) -> Result<Method, String> {
    const METHODS: [Method; 7] = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::HEAD,
        Method::OPTIONS,
    ];
    let known = METHODS.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(text));
    known.ok_or_else(|| format!("`method`: `{text}` is not an HTTP method"))
}

fn parse_path(text: &str) -> Result<Vec<Segment>, String> {
    let path = text.strip_prefix('/').unwrap_or(text);
    let refused = |why: &str| format!("`path`: `{text}` {why}");
    if path.starts_with("api/") || path.starts_with("sandbox/") {
        return Err(refused("must be relative to /api/v0/sdk/{environmentId}/, for example `stepUp/check`"));
    }
    if path.contains(['?', '#']) {
        return Err(refused("must be a path only, without query or fragment"));
    }
    let segments = path.split('/').map(|segment| {
        let placeholder = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        match placeholder.unwrap_or(segment) {
            "" => Err(refused("has an empty segment")),
            word if word.contains(['{', '}']) => {
                Err(refused("may have placeholders as whole segments only: `a/{id}`"))
            }
            _ if placeholder.is_some() => Ok(Segment::Any),
            word => Ok(Segment::Fixed(word.to_owned())),
        }
    });
    segments.collect()
}

fn parse_fault(body: RuleBody) -> Result<Fault, String> {
    let answers = body.status.is_some() || body.headers.is_some() || body.body.is_some();
    let effect = match (body.cut, body.hang) {
        (Some(_), true) => return Err("`hang` and `cut` exclude each other".to_owned()),
        (None, true) if answers => return Err("`hang` sends no `status`, `headers` or `body`".to_owned()),
        (Some(Cut::Before), false) if answers => {
            return Err("`cut`: `before` sends no `status`, `headers` or `body`".to_owned());
        }
        (None, true) => Effect::Hang,
        (Some(Cut::Before), false) => Effect::CutBefore,
        (Some(Cut::Amid), false) if answers => {
            Effect::CutAmid(Some(parse_answer(body.status, body.headers, body.body)?))
        }
        (Some(Cut::Amid), false) => Effect::CutAmid(None),
        (None, false) if answers => Effect::Answer(parse_answer(body.status, body.headers, body.body)?),
        (None, false) => Effect::Handler,
    };
    let latency = Duration::from_millis(body.latency_ms.unwrap_or(0));
    if effect == Effect::Handler && latency.is_zero() {
        return Err(
            "nothing to do: one of `latencyMs`, `status`, `headers`, `body`, `cut`, `hang`".to_owned()
        );
    }
    Ok(Fault { latency, effect })
}

fn parse_answer(
    status: Option<u16>,
    headers: Option<BTreeMap<String, String>>,
    body: Option<Value>,
) -> Result<FaultAnswer, String> {
    let status = match status {
        None => StatusCode::OK,
        Some(code @ 200..=599) => StatusCode::from_u16(code).map_err(|error| error.to_string())?,
        Some(code) => return Err(format!("`status`: {code} is not between 200 and 599")),
    };
    let mut answer = FaultAnswer { status, headers: HeaderMap::new(), body: String::new() };
    match body {
        // Text is sent as it is, so that HTML and broken JSON can be had.
        Some(Value::String(text)) => answer.body = text,
        Some(json) => {
            answer.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            answer.body = json.to_string();
        }
        None => {}
    }
    for (name, value) in headers.unwrap_or_default() {
        let (name, value) = parse_header(&name, &value)?;
        answer.headers.insert(name, value);
    }
    Ok(answer)
}

fn parse_header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), String> {
    let parsed =
        HeaderName::try_from(name).map_err(|_| format!("`headers`: `{name}` is not a header name"))?;
    if [header::CONTENT_LENGTH, header::TRANSFER_ENCODING].contains(&parsed) {
        return Err(format!("`headers`: `{name}` follows from the body; `cut`: `amid` makes it a lie"));
    }
    let value = HeaderValue::try_from(value).map_err(|_| format!("`headers`: the value of `{name}`"))?;
    Ok((parsed, value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::faults::Faults;

    fn rule(body: Value) -> Result<FaultRule, String> {
        serde_json::from_value(body).map_err(|error| error.to_string())
    }

    fn faults(body: Value) -> Faults {
        let faults = Faults::default();
        faults.add(rule(body).unwrap());
        faults
    }

    fn applied(faults: &Faults, method: Method, path: &str) -> Option<String> {
        faults.apply(&method, path).map(|fault| fault.to_string())
    }

    #[test]
    fn a_template_matches_its_path_in_every_environment_and_nothing_else() {
        let faults = faults(json!({ "method": "delete", "path": "/users/mfa/{id}", "hang": true }));
        for path in ["/api/v0/sdk/e/users/mfa/1", "/api/v0/sdk/other/users/mfa/a-b"] {
            assert_eq!(applied(&faults, Method::DELETE, path).as_deref(), Some("hang"), "{path}");
        }
        for path in [
            "/api/v0/sdk/e/users/mfa",
            "/api/v0/sdk/e/users/mfa/",
            "/api/v0/sdk/e/users/mfa/1/2",
            "/api/v0/sdk/e/users/mfas/1",
            "/sandbox/users/mfa/1",
            "/users/mfa/1",
        ] {
            assert_eq!(applied(&faults, Method::DELETE, path), None, "{path}");
        }
        assert_eq!(applied(&faults, Method::GET, "/api/v0/sdk/e/users/mfa/1"), None);
    }

    #[test]
    fn a_counted_rule_ends_and_the_next_one_takes_over_until_cleared() {
        let faults = faults(json!({ "method": "POST", "path": "stepUp/check", "count": 2, "status": 503 }));
        faults.add(rule(json!({ "method": "POST", "path": "stepUp/check", "latencyMs": 5 })).unwrap());
        let path = "/api/v0/sdk/e/stepUp/check";
        let seen: Vec<_> = (0..4).filter_map(|_| applied(&faults, Method::POST, path)).collect();
        assert_eq!(seen, ["status 503", "status 503", "latency 5 ms", "latency 5 ms"]);
        faults.clear();
        assert_eq!(applied(&faults, Method::POST, path), None);
    }

    #[test]
    fn an_answer_carries_json_or_raw_text() {
        let answer = |body| match rule(body).unwrap().fault.effect {
            Effect::Answer(answer) => answer,
            other => panic!("{other:?}"),
        };
        let json = answer(json!({ "method": "GET", "path": "users", "body": { "error": "x" } }));
        assert_eq!((json.status, json.body.as_str()), (StatusCode::OK, r#"{"error":"x"}"#));
        assert_eq!(json.headers[header::CONTENT_TYPE], "application/json");
        let raw = answer(json!({
            "method": "GET", "path": "users", "status": 500, "body": "<html>",
            "headers": { "Content-Type": "text/html", "Retry-After": "3" },
        }));
        assert_eq!((raw.status.as_u16(), raw.body.as_str()), (500, "<html>"));
        assert_eq!(raw.headers[header::CONTENT_TYPE], "text/html");
        assert_eq!(raw.headers[header::RETRY_AFTER], "3");
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_name() {
        for (extra, named) in [
            (json!({}), "nothing to do"),
            (json!({ "hang": false, "latencyMs": 0 }), "nothing to do"),
            (json!({ "latency": 5 }), "`latency`"),
            (json!({ "count": 0, "hang": true }), "`count`"),
            (json!({ "status": 99 }), "`status`"),
            (json!({ "status": 600 }), "`status`"),
            (json!({ "cut": "after" }), "`after`"),
            (json!({ "cut": "before", "status": 500 }), "`before`"),
            (json!({ "cut": "amid", "hang": true }), "`hang`"),
            (json!({ "hang": true, "body": {} }), "`hang`"),
            (json!({ "headers": { "a b": "x" } }), "`a b`"),
            (json!({ "headers": { "x-a": "\n" } }), "`x-a`"),
            (json!({ "headers": { "Content-Length": "7" } }), "`Content-Length`"),
            (json!({ "method": "FETCH", "hang": true }), "`FETCH`"),
            (json!({ "path": "", "hang": true }), "`path`"),
            (json!({ "path": "users//x", "hang": true }), "`users//x`"),
            (json!({ "path": "users/{}", "hang": true }), "`users/{}`"),
            (json!({ "path": "users/x{id}", "hang": true }), "`users/x{id}`"),
            (json!({ "path": "users?x=1", "hang": true }), "`users?x=1`"),
            (json!({ "path": "/api/v0/sdk/e/users", "hang": true }), "relative"),
        ] {
            let mut body = json!({ "method": "GET", "path": "users" });
            body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            let error = rule(body.clone()).expect_err(&body.to_string());
            assert!(error.contains(named), "{body}: {error}");
        }
    }
}
