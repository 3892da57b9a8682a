//! OAuth 2.0 (RFC 6749) as seen from the app: the providers' consent page and the backend's callback.
//!
//! Both ends live here. The consent page checks the authorization request as a provider does and issues the
//! code; the callback is the backend's, and sends the browser back to the app.

pub(crate) use consent::routes;
pub(crate) use provider::OAuthProvider;
pub(crate) use redirect::is_allowed as is_redirect_allowed;
pub(crate) use request::{AuthorizationRequest, RequestError, check, parameters};

mod consent;
mod pages;
mod provider;
mod redirect;
mod request;
