//! What a server writes into its refusals stays there (I11, I12): no error and no log line repeats it.

use serde_json::{Value, json};

use crate::{
    bench::Bench,
    operations::{Row, rows},
};

const EMAIL: &str = "ada.lovelace@example.com";
const PHONE: &str = "12025550167";
const CODE: &str = "493817";
const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl";
const URL: &str = "https://evil.example/callback?token=abcdef";
const SECRETS: [&str; 5] = [EMAIL, PHONE, CODE, TOKEN, URL];

fn everything() -> String {
    SECRETS.join(" ")
}

/// Each shape, with secrets wherever something may stand.
fn answers() -> Vec<Value> {
    let headers = json!({ "location": URL, "x-reason": everything(), "retry-after": "60" });
    let answer = |status: u16, body: Value| json!({ "status": status, "body": body, "headers": headers });
    let payload = json!({ "email": EMAIL, "walletPublicKey": TOKEN });
    vec![
        answer(400, json!({ "error": everything() })),
        answer(422, json!({ "error": everything(), "code": CODE, "payload": payload })),
        answer(401, json!({ "error": everything(), "code": PHONE })),
        answer(403, json!({ "error": { "code": TOKEN, "message": everything() }, "payload": payload })),
        answer(403, json!({ "error": format!("Elevated access token required: {}", everything()) })),
        answer(429, json!({ "message": everything(), "code": PHONE.parse::<u64>().unwrap() })),
        answer(422, json!({ "error": "no", "code": EMAIL })),
        answer(500, json!(format!("<html>{}</html>", everything()))),
        answer(307, json!(everything())),
        answer(200, json!(everything())),
        answer(200, json!({ "user": { "id": 1, "email": EMAIL }, "challenge": 1, "error": everything() })),
    ]
}

#[tokio::test]
async fn i11_i12_no_error_and_no_log_line_repeats_what_the_server_wrote() {
    let mut bench = Bench::new().await;
    for row in rows() {
        bench.renew();
        let prepared = bench.prepare(row.name).await;
        for answer in answers() {
            if row.name == "nonces" {
                bench.restart();
            }
            let mut rule = json!({ "method": row.method, "path": row.path, "count": 1 });
            rule.as_object_mut().unwrap().extend(answer.as_object().unwrap().clone());
            bench.fault(rule);
            if let Err(trouble) = bench.perform(row.name, &prepared).await {
                let texts =
                    format!("{trouble:?} {}", trouble.error().map(ToString::to_string).unwrap_or_default());
                ensure_silent(row, &texts);
            }
            bench.world.sandbox.faults().clear();
        }
        ensure_silent(row, &bench.log.text());
    }
}

fn ensure_silent(row: Row, text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{}: {secret} is in: {text}", row.name);
    }
    assert!(!text.contains("evil.example") && !text.contains("lovelace"), "{}: {text}", row.name);
}
