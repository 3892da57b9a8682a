//! The HTTP surface: routes, cross-origin rules, `Date`, the log.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};

use crate::backend::Backend;
use crate::clock::iso;
use crate::errors::ApiError;
use crate::log::{Exchange, LogEntry, Trace};
use crate::{api, control, oauth};

/// Larger request bodies are refused.
const MAX_BODY: usize = 2 * 1024 * 1024;

/// All that the sandbox answers.
pub(crate) fn router(backend: &Arc<Backend>) -> Router {
    Router::new()
        .nest(api::PREFIX, api::routes(backend))
        .nest("/oauth", oauth::routes())
        .nest("/sandbox", control::routes())
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(Arc::clone(backend), record))
        .layer(cors())
        .layer(from_fn_with_state(Arc::clone(backend), stamp))
        .with_state(Arc::clone(backend))
}

/// Any web page may call: the origin is reflected, every header it asks for is allowed.
pub(crate) fn cors() -> CorsLayer {
    let exposed = [header::RETRY_AFTER, header::DATE, HeaderName::from_static("x-dyn-request-id")];
    CorsLayer::new()
        .allow_origin(AllowOrigin::mirror_request())
        .allow_methods(AllowMethods::mirror_request())
        .allow_headers(AllowHeaders::mirror_request())
        .allow_credentials(true)
        .expose_headers(exposed)
        .max_age(Duration::from_secs(600))
}

/// Every answer carries the sandbox's time: clients learn their clock's offset from it.
async fn stamp(State(backend): State<Arc<Backend>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(header::DATE, backend.clock.http_date());
    response
}

/// Logs the exchange when it arrives, and the checks made when it is answered. The control API is left out,
/// except where it plays the app's backend.
async fn record(State(backend): State<Arc<Backend>>, request: Request, next: Next) -> Response {
    if request.uri().path().starts_with("/sandbox/") && request.uri().path() != control::PROTECTED {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let met_fault = parts.extensions.get::<LogEntry>().copied();
    let entry = met_fault.unwrap_or_else(|| backend.log.add(arrived(&backend, &parts)));
    let Ok(bytes) = to_bytes(body, MAX_BODY).await else {
        return ApiError::plain(StatusCode::PAYLOAD_TOO_LARGE, "Request body too large").into_response();
    };
    backend.log.update(entry, |exchange| exchange.set_body(&bytes));
    let trace = Trace::default();
    parts.extensions.insert(trace.clone());
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    backend.log.update(entry, |exchange| {
        exchange.status = Some(response.status().as_u16());
        exchange.checks = trace.checks();
    });
    response
}

fn arrived(backend: &Backend, parts: &Parts) -> Exchange {
    let uri = (parts.uri.path(), parts.uri.query());
    Exchange::arrived(iso(backend.clock.now_utc()), parts.method.as_str(), uri, &parts.headers)
}

async fn unknown_path(method: Method, uri: axum::http::Uri) -> ApiError {
    ApiError::not_found("not_found", &format!("No endpoint {method} {}", uri.path()))
}

async fn wrong_method(method: Method, uri: axum::http::Uri) -> ApiError {
    let error = format!("{} does not take {method}", uri.path());
    ApiError::coded(StatusCode::METHOD_NOT_ALLOWED, &error, "method_not_allowed")
}
