//! SMS sign-in, where it differs from e-mail.

use serde_json::{Value, json};

use crate::support::{App, Login};

const NUMBER: &str = "+12025550123";

fn number() -> Value {
    json!({ "phoneCountryCode": "1", "phoneNumber": "2025550123", "isoCountryCode": "US" })
}

#[tokio::test]
async fn a_code_by_sms_signs_in_and_steps_up() {
    let app = App::start().await;
    let sent = app.post("smsVerifications/create", number()).send().await.ok();
    assert_eq!(sent["phoneCountryCode"], "1");
    let id = sent["verificationUUID"].as_str().unwrap();
    let body = app.code_body(id, NUMBER, json!({}));
    let login = app.post("smsVerifications/signin", body).signed().await.send().await.ok();
    let login = Login::from_answer(login);
    assert_eq!(login.answer["user"]["phoneNumber"], NUMBER);
    let credential = &login.answer["user"]["verifiedCredentials"][0];
    assert_eq!(credential["format"], "phoneNumber");
    assert_eq!(credential["isoCountryCode"], "US");

    let check = app.check(&login, "wallet:export").await;
    assert_eq!(check["credentials"][0]["format"], "phoneNumber");
    let sent = app.post("smsVerifications/create", number()).send().await.ok();
    let id = sent["verificationUUID"].as_str().unwrap();
    let body = app.code_body(id, NUMBER, json!({ "requestedScopes": ["wallet:export"] }));
    let call = app.post("smsVerifications/verify", body).bearer(&login.token).signed().await;
    let login = Login::from_answer(call.send().await.ok());
    assert_eq!(login.answer["nextView"], "done");
    app.protected(&login, Some(&login.elevated()), "wallet:export").await.ok();
}

#[tokio::test]
async fn wrong_codes_and_numbers_have_codes_of_their_own() {
    let app = App::start().await;
    let sent = app.post("smsVerifications/create", number()).send().await.ok();
    let id = sent["verificationUUID"].as_str().unwrap();
    let wrong = if app.code(NUMBER) == "000000" { "111111" } else { "000000" };
    let body = json!({ "verificationUUID": id, "verificationToken": wrong });
    let refused = app.post("smsVerifications/signin", body.clone()).signed().await.send().await;
    refused.refused(422, "wrong_sms_verification_token");
    let other_channel = app.post("emailVerifications/signin", body).signed().await.send().await;
    other_channel.refused(422, "invalid_email_verification");
    for (field, value) in [("phoneCountryCode", "+1"), ("phoneNumber", "202-555"), ("isoCountryCode", "USA")]
    {
        let mut bad = number();
        bad[field] = value.into();
        app.post("smsVerifications/create", bad).send().await.refused(422, "invalid_phone");
    }
    let mut missing = number();
    missing.as_object_mut().unwrap().remove("isoCountryCode");
    let refused = app.post("smsVerifications/create", missing).send().await;
    assert_eq!(refused.status.as_u16(), 400);
    assert!(refused.body["error"].as_str().unwrap().contains("isoCountryCode"));
}
