//! The pages that a browser shows.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::OAuthProvider;

/// An account to choose on the consent page.
pub(super) struct Person {
    pub(super) id: &'static str,
    pub(super) email: &'static str,
    pub(super) name: &'static str,
}

/// The made-up ones.
pub(super) const PEOPLE: &[Person] = &[
    Person { id: "1001", email: "ada@consent.example", name: "Ada Lovelace" },
    Person { id: "1002", email: "grace@consent.example", name: "Grace Hopper" },
    Person { id: "1003", email: "alan@consent.example", name: "Alan Turing" },
];

/// Choose an account, deny, or make the provider fail. The form goes to the page's own address.
pub(super) fn consent(provider: &OAuthProvider) -> Response {
    let title = format!("Sign in with {}", provider.name);
    let body = html! {
        p { code { (provider.client_id) } " asks for " code { (provider.scopes) } }
        form method="post" {
            @for (index, person) in PEOPLE.iter().enumerate() {
                p { label {
                    input type="radio" name="account" value=(person.id) checked[index == 0];
                    " " (person.name) " (" (person.email) ")"
                } }
            }
            p { label { "Another account: " input type="email" name="email" placeholder="e-mail address"; } }
            p {
                button name="decision" value="approve" { "Allow" } " "
                button name="decision" value="access_denied" { "Deny" } " "
                button name="decision" value="server_error" { "Let the provider fail" }
            }
        }
    };
    page(StatusCode::OK, &title, &body)
}

/// Carries the answer to the callback in a form (OAuth 2.0 Form Post Response Mode).
pub(super) fn form_post(callback: &str, fields: &[(&str, String)]) -> Response {
    let body = html! {
        form method="post" action=(callback) {
            @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
            button { "Continue" }
        }
        script { "document.forms[0].submit()" }
    };
    page(StatusCode::OK, "Back to the app", &body)
}

/// Nothing can be answered to the app: what is wrong is shown to the user.
pub(super) fn refusal(reason: &str) -> Response {
    page(StatusCode::BAD_REQUEST, "Request refused", &html! { p { (reason) } })
}

fn page(status: StatusCode, title: &str, body: &Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (title) }
            }
            body { h1 { (title) } (body) }
        }
    };
    (status, Html(page.into_string())).into_response()
}
