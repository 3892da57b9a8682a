//! Browsers may call from any origin and read what they need.

use reqwest::Method;

use crate::support::{App, ORIGIN};

#[tokio::test]
async fn a_preflight_allows_the_headers_of_the_vendor_s_client() {
    let app = App::start().await;
    let wanted = "authorization,content-type,x-dyn-version,x-dyn-api-version,x-dyn-request-id,\
        x-dyn-session-id,x-dynamic-platform,x-dyn-session-public-key,x-dyn-elevated-access-token,\
        x-mfa-auth-token,x-dynamic-device-nonce,x-dynamic-device-publickey,x-dynamic-device-signed-nonce,\
        x-dynamic-device-registration-token,x-dyn-logout-reason";
    let preflight = app
        .api(Method::OPTIONS, "users/mfa/1")
        .header("origin", ORIGIN)
        .header("access-control-request-method", "DELETE")
        .header("access-control-request-headers", wanted);
    let answer = preflight.send().await;
    assert!(answer.status.is_success(), "{}", answer.status);
    assert_eq!(answer.headers["access-control-allow-origin"], ORIGIN);
    assert_eq!(answer.headers["access-control-allow-credentials"], "true");
    assert!(answer.headers["access-control-allow-methods"].to_str().unwrap().contains("DELETE"));
    let allowed = answer.headers["access-control-allow-headers"].to_str().unwrap();
    for name in wanted.split(',') {
        assert!(allowed.contains(name), "{name}");
    }
    assert!(app.sandbox.log().exchanges().is_empty());
}

#[tokio::test]
async fn answers_and_refusals_are_readable_with_their_date_and_retry_after() {
    let app = App::start().await;
    for path in ["settings", "session", "no/such/path"] {
        let answer = app.get(path).header("origin", ORIGIN).send().await;
        assert_eq!(answer.headers["access-control-allow-origin"], ORIGIN, "{path}");
        let exposed = answer.headers["access-control-expose-headers"].to_str().unwrap();
        assert!(exposed.contains("retry-after") && exposed.contains("date"), "{exposed}");
    }
}
