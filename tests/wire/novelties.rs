//! An answer as a later version of the server may give it: words of open sets that nobody knows yet, and
//! fields beside the known ones (I18).

use serde_json::{Value, json};

/// Fields that hold a word of an open set.
const WORDS: [&str; 13] = [
    "format",
    "type",
    "provider",
    "oauth_provider",
    "wallet_provider",
    "wallet_name",
    "chain",
    "minApiVersion",
    "enrollment",
    "action",
    "tokenBehavior",
    "signInProvider",
    "attestation",
];
/// Where words belong to WebAuthn, and go to the system as they are.
const CEREMONY: &str = "challenge";

/// The same HTTP answer with novelties in its body, if that is a JSON object.
pub(crate) fn added(answer: &[u8]) -> Vec<u8> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let (head, body) = answer.split_at(end);
    let Ok(mut body @ Value::Object(_)) = serde_json::from_slice::<Value>(body) else { return answer.into() };
    if body.get(CEREMONY).is_none() {
        renew(&mut body);
    }
    body["aNovelty"] = json!({ "aNovelty": [1, null] });
    let body = body.to_string();
    let head = std::str::from_utf8(head).unwrap();
    let kept =
        head.trim_end().split("\r\n").filter(|line| !line.to_lowercase().starts_with("content-length"));
    let head: Vec<&str> = kept.collect();
    format!("{}\r\ncontent-length: {}\r\n\r\n{body}", head.join("\r\n"), body.len()).into_bytes()
}

fn renew(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                match value {
                    Value::String(word) if WORDS.contains(&name.as_str()) => *word = "aNovelty".into(),
                    // Of the user: words between blanks.
                    Value::String(words) if name == "scope" => words.push_str(" aNovelty:all"),
                    value => renew(value),
                }
            }
            fields.insert("aNovelty".into(), Value::Null);
        }
        Value::Array(elements) => {
            elements.iter_mut().for_each(renew);
            // An element of another kind.
            if elements.iter().any(Value::is_object) {
                elements.push(json!({ "aNovelty": true }));
            }
        }
        _ => {}
    }
}

#[test]
fn novelties_reach_every_depth_and_the_length_is_right() {
    let body = r#"{"user":{"scope":"a b","list":[{"format":"email"}]},"type":"totp"}"#;
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nx-y: z\r\n\r\n{body}", body.len());
    let added = String::from_utf8(added(answer.as_bytes())).unwrap();
    let (head, body) = added.split_once("\r\n\r\n").unwrap();
    assert_eq!(head, format!("HTTP/1.1 200 OK\r\nx-y: z\r\ncontent-length: {}", body.len()));
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!((&body["type"], &body["user"]["scope"]), (&json!("aNovelty"), &json!("a b aNovelty:all")));
    assert_eq!(body["user"]["list"][0]["format"], "aNovelty");
    assert_eq!(body["user"]["list"][1], json!({ "aNovelty": true }));
}
