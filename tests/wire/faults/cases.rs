//! What goes wrong, and what is to come of it.

use serde_json::{Value, json};
use stepup_core::NetworkFailure;

use super::outcome::Expected;
use crate::door::Mischief;

pub(super) const MAX_BODY_BYTES: u64 = 64 * 1024;

/// One fault.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) fault: Fault,
    pub(super) expected: Expected,
}

/// What goes wrong.
#[derive(Clone, Debug)]
pub(super) enum Fault {
    /// As `POST /sandbox/faults` takes it, without method and path.
    Answer(Value),
    Door(Mischief),
    Refused,
}

fn case(name: &'static str, fault: Fault, expected: Expected) -> Case {
    Case { name, fault, expected }
}

fn answer(name: &'static str, answer: Value, expected: Expected) -> Case {
    case(name, Fault::Answer(answer), expected)
}

/// Success with a body that is not what the API promises.
fn misunderstood(name: &'static str, body: Value) -> Case {
    answer(name, json!({ "body": body }), Expected::Misunderstood)
}

/// What ends with the limit.
pub(super) fn slow() -> Vec<Case> {
    let too_slow = Expected::Network(NetworkFailure::TimedOut);
    vec![
        answer("hung", json!({ "hang": true }), too_slow),
        case("slow drip", Fault::Door(Mischief::Drip), too_slow),
    ]
}

/// What ends at once.
pub(super) fn quick() -> Vec<Case> {
    [connections(), refusals(), bodies(), objects(), sizes()].concat()
}

fn connections() -> Vec<Case> {
    let broken = Expected::Network(NetworkFailure::Interrupted);
    let half = json!({ "cut": "amid", "body": { "user": {}, "nonces": ["a"], "isRequired": false } });
    vec![
        case("refused", Fault::Refused, Expected::Network(NetworkFailure::ConnectFailed)),
        answer("cut before the answer", json!({ "cut": "before" }), broken),
        answer("cut amid the answer", half, broken),
    ]
}

fn refusals() -> Vec<Case> {
    let html = json!({
        "status": 500, "headers": { "content-type": "text/html" }, "body": "<html>Server Error</html>",
    });
    let limited = json!({ "message": "Rate limit exceeded", "code": 429 });
    let after = json!({ "status": 429, "headers": { "retry-after": "7" }, "body": limited });
    vec![
        answer("500 HTML", html, Expected::Refusal(500)),
        answer("599", json!({ "status": 599 }), Expected::Refusal(599)),
        answer("429", json!({ "status": 429, "body": limited }), Expected::RateLimit(None)),
        answer("429 with Retry-After", after, Expected::RateLimit(Some(7))),
    ]
}

/// No JSON object.
fn bodies() -> Vec<Case> {
    vec![
        misunderstood("truncated JSON", json!("{\"isRequired\": fal")),
        misunderstood("HTML", json!("<html>welcome to the hotel</html>")),
        misunderstood("nothing", json!("")),
        misunderstood("null", json!("null")),
        // Lists as long as the answers have fields, in their order.
        misunderstood("a list as a check", json!([false, [], null])),
        misunderstood("a list as factors", json!([[], []])),
        misunderstood("a list as one field", json!(["a"])),
    ]
}

/// JSON objects that say nothing.
fn objects() -> Vec<Case> {
    let fields = [
        "user",
        "expiresAt",
        "minifiedJwt",
        "jwt",
        "isRequired",
        "nonces",
        "id",
        "uri",
        "secret",
        "challenge",
        "verificationUUID",
        "recoveryCodes",
        "devices",
        "passkeys",
        "elevatedAccessToken",
        "deviceRegistrations",
        "currentDeviceRevoked",
    ];
    let every = |value: Value| {
        Value::Object(fields.map(|field| (field.to_owned(), value.clone())).into_iter().collect())
    };
    let mut wrong = every(json!(1));
    for (field, value) in [("user", json!([])), ("expiresAt", json!({})), ("isRequired", json!("false"))] {
        wrong[field] = value;
    }
    vec![
        answer("an empty object", json!({ "body": {} }), Expected::Empty),
        answer("null fields", json!({ "body": every(Value::Null) }), Expected::Empty),
        answer("wrong types", json!({ "body": wrong }), Expected::Senseless),
    ]
}

fn sizes() -> Vec<Case> {
    let too_large = Expected::Network(NetworkFailure::TooLarge);
    let large = " ".repeat(usize::try_from(MAX_BODY_BYTES).unwrap() + 1);
    vec![
        answer("announced", json!({ "body": large }), too_large),
        case("endless", Fault::Door(Mischief::Endless), too_large),
    ]
}

/// To another place.
pub(super) fn redirects(url: &str) -> Vec<Case> {
    let redirect = |status: u16| {
        let redirect = json!({ "status": status, "headers": { "location": url } });
        answer("redirect", redirect, Expected::Refusal(status))
    };
    [302, 307, 308].map(redirect).into()
}
