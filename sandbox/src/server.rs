//! The HTTP surface: routes, cross-origin rules, `Date`, the log.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};

use crate::backend::Backend;
use crate::errors::ApiError;
use crate::log::{Exchange, Trace};
use crate::{api, control};

/// Larger request bodies are refused.
const MAX_BODY: usize = 2 * 1024 * 1024;

/// All that the sandbox answers.
pub(crate) fn router(backend: &Arc<Backend>) -> Router {
    Router::new()
        .nest(api::PREFIX, api::routes(backend))
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

/// Logs the exchange with the checks made. The control API is left out, except where it plays the app's backend.
async fn record(State(backend): State<Arc<Backend>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, MAX_BODY).await else {
        return ApiError::plain(StatusCode::PAYLOAD_TOO_LARGE, "Request body too large").into_response();
    };
    let trace = Trace::default();
    parts.extensions.insert(trace.clone());
    let uri = (parts.uri.path(), parts.uri.query());
    let at = crate::clock::iso(backend.clock.now_utc());
    let mut exchange = Exchange::arrived(at, parts.method.as_str(), uri, &parts.headers).with_body(&bytes);
    let logged = !exchange.path.starts_with("/sandbox/") || exchange.path == control::PROTECTED;
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    if logged {
        exchange.status = Some(response.status().as_u16());
        exchange.checks = trace.checks();
        backend.log.add(exchange);
    }
    response
}

async fn unknown_path(method: Method, uri: axum::http::Uri) -> ApiError {
    ApiError::not_found("not_found", &format!("No endpoint {method} {}", uri.path()))
}

async fn wrong_method(method: Method, uri: axum::http::Uri) -> ApiError {
    let error = format!("{} does not take {method}", uri.path());
    ApiError::coded(StatusCode::METHOD_NOT_ALLOWED, &error, "method_not_allowed")
}
