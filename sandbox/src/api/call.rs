//! A request as the endpoints see it, and the ways to answer it.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Query, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::form_urlencoded;

use super::Context;
use crate::backend::Backend;
use crate::device_signature::DeviceKey;
use crate::errors::ApiError;
use crate::log::Trace;

/// What an endpoint answers.
pub(crate) type ApiResult = Result<Response, ApiError>;

/// A request that passed the common checks.
pub(crate) struct Call {
    pub(crate) backend: Arc<Backend>,
    pub(crate) headers: HeaderMap,
    pub(crate) query: HashMap<String, String>,
    pub(crate) trace: Trace,
    /// The device key, where the endpoint is device-signed.
    pub(crate) device_key: Option<DeviceKey>,
    body: Bytes,
}

impl Call {
    /// The body as JSON; unknown fields are let through.
    ///
    /// # Errors
    /// 400 that names the field.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        if self.body.is_empty() {
            return Err(ApiError::malformed("a JSON body is needed"));
        }
        let mut deserializer = serde_json::Deserializer::from_slice(&self.body);
        serde_path_to_error::deserialize(&mut deserializer)
            .map_err(|error| ApiError::malformed(&error.to_string()))
    }

    /// The body as the fields of an HTML form.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// Takes the lock on the server's memory.
    pub(crate) fn open(&self) -> Context<'_> {
        Context::new(self)
    }

    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl FromRequest<Arc<Backend>> for Call {
    type Rejection = Response;

    async fn from_request(request: Request, backend: &Arc<Backend>) -> Result<Self, Self::Rejection> {
        let headers = request.headers().clone();
        let Query(query) = Query::try_from_uri(request.uri()).map_err(IntoResponse::into_response)?;
        let trace = request.extensions().get::<Trace>().cloned().unwrap_or_default();
        let device_key = request.extensions().get::<DeviceKey>().cloned();
        let body = Bytes::from_request(request, backend).await.map_err(IntoResponse::into_response)?;
        Ok(Self { backend: Arc::clone(backend), headers, query, trace, device_key, body })
    }
}

/// 200 with a body.
pub(crate) fn reply(body: Value) -> ApiResult {
    Ok(Json(body).into_response())
}

/// The answer of endpoints that return nothing.
pub(crate) fn no_content() -> ApiResult {
    Ok(StatusCode::NO_CONTENT.into_response())
}
