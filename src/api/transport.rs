//! Sending one request and reading one answer, within limits.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use backon::{ExponentialBuilder, Retryable};
use once_cell::sync::OnceCell;
use reqwest::{
    Client,
    header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue},
    redirect,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;
use zeroize::Zeroizing;

use super::{
    answer_error,
    failure::{Failure, FailureCause},
    headers,
    limits::{self, BodyError},
    operations::{Method, Operation},
    tls,
};
use crate::{
    clock::ServerClock,
    config::ValidatedConfig,
    error::{NetworkFailure, StepUpError},
    json,
    log::Log,
    secret::SecretString,
};

/// Idle connections are dropped early: a phone's sockets are dead after it has slept.
const IDLE_CONNECTION: Duration = Duration::from_secs(20);
/// A repeated request waits for the server at most this long; otherwise the caller hears of it.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// One request, ready to be sent.
pub(crate) struct Request {
    pub(crate) operation: &'static Operation,
    path: String,
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
    headers: HeaderMap,
    token_was_attached: bool,
}

impl Request {
    pub(crate) fn new(operation: &'static Operation) -> Self {
        let path = operation.path.to_owned();
        let (query, body, headers) = (Vec::new(), None, HeaderMap::new());
        Self { operation, path, query, body, headers, token_was_attached: false }
    }

    /// Fills `{id}` of the operation's path; the text is one segment, whatever it holds. What a path cannot
    /// hold as a segment is refused: `..` would lead to another endpoint.
    pub(crate) fn id(mut self, id: &str) -> Result<Self, StepUpError> {
        if matches!(id, "" | "." | "..") {
            let reason = "is not an id".into();
            return Err(StepUpError::InvalidArgument { argument: "id".into(), reason });
        }
        let segment: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
        self.path = self.path.replace("{id}", &segment.replace('+', "%20"));
        Ok(self)
    }

    pub(crate) fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    pub(crate) fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Adds a field to the body.
    pub(crate) fn set(&mut self, field: &str, value: Value) {
        self.body.get_or_insert_with(|| Value::Object(serde_json::Map::new()))[field] = value;
    }

    pub(crate) fn header(&mut self, name: HeaderName, value: &str) -> Result<(), StepUpError> {
        self.headers.insert(name, header_value(value)?);
        Ok(())
    }

    pub(crate) fn bearer(&mut self, token: &SecretString) -> Result<(), StepUpError> {
        self.headers.insert(AUTHORIZATION, header_value(&format!("Bearer {}", token.expose()))?);
        Ok(())
    }

    pub(crate) fn elevated(&mut self, token: &SecretString) -> Result<(), StepUpError> {
        self.token_was_attached = true;
        self.header(headers::ELEVATED_ACCESS_TOKEN, token.expose())
    }
}

/// Marked as sensitive, so that no layer below prints it.
fn header_value(text: &str) -> Result<HeaderValue, StepUpError> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| StepUpError::Internal { reason: "a value cannot be sent in a header".into() })?;
    value.set_sensitive(true);
    Ok(value)
}

/// A successful answer.
pub(crate) struct Answer {
    operation: &'static Operation,
    pub(crate) request_id: String,
    /// May hold tokens.
    body: Zeroizing<Vec<u8>>,
}

impl Answer {
    /// Reads the body's fields. Every answer of the API is an object; a list would be read too, field by
    /// field, and `[false]` be an answer to a check.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        if self.body.trim_ascii_start().first() != Some(&b'{') {
            return Err(self.malformed("the body is not a JSON object"));
        }
        json::read(&self.body).map_err(|error| {
            self.malformed(match error.classify() {
                serde_json::error::Category::Data => "a field is missing or of another type",
                _ => "the body is not JSON",
            })
        })
    }

    pub(crate) fn malformed(&self, reason: &'static str) -> Failure {
        let (operation, request_id) = (self.operation, self.request_id.clone());
        Failure { operation, request_id, token_was_attached: false, cause: FailureCause::Malformed(reason) }
    }
}

/// The connection to one environment.
pub(crate) struct Transport {
    config: Arc<ValidatedConfig>,
    clock: Arc<ServerClock>,
    log: Log,
    common_headers: HeaderMap,
    client: OnceCell<Client>,
}

impl Transport {
    pub(crate) fn new(
        config: Arc<ValidatedConfig>,
        clock: Arc<ServerClock>,
        log: Log,
    ) -> Result<Self, StepUpError> {
        // Looked at now, so that a wrong setting is told by the constructor; used by the first call.
        tls::configuration(config.tls_roots)?;
        let common_headers = headers::of_client(&config)?;
        Ok(Self { config, clock, log, common_headers, client: OnceCell::new() })
    }

    /// Sends a request; one whose operation allows it is sent up to twice more if the failure may pass.
    pub(crate) async fn send(&self, request: &Request) -> Result<Answer, Failure> {
        if !request.operation.repeatable {
            return self.send_once(request).await;
        }
        let pauses = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(100))
            .with_max_times(2)
            .with_jitter();
        (|| self.send_once(request))
            .retry(pauses)
            .when(|failure: &Failure| {
                failure.passes().is_some_and(|wait| wait.is_none_or(|wait| wait <= LONGEST_WAIT))
            })
            .adjust(|failure, pause| pause.map(|pause| failure.passes().flatten().unwrap_or(pause)))
            .await
    }

    async fn send_once(&self, request: &Request) -> Result<Answer, Failure> {
        let started = Instant::now();
        let request_id = headers::request_id().unwrap_or_default();
        let sent = self.exchange(request, &request_id).await;
        let (name, millis) = (request.operation.name, started.elapsed().as_millis());
        match &sent {
            Ok(_) => self.log.debug(format!("{name}: success, {millis} ms, request {request_id}")),
            Err(FailureCause::Refused { status, code, .. }) => {
                let code = code.as_deref().unwrap_or("no code");
                self.log.debug(format!("{name}: status {status}, {code}, {millis} ms, request {request_id}"));
            }
            Err(FailureCause::Network(failure)) => {
                self.log.warning(format!("{name}: {failure}, {millis} ms, request {request_id}"));
            }
            Err(FailureCause::Malformed(reason)) => {
                self.log.warning(format!("{name}: {reason}, request {request_id}"))
            }
        }
        let (operation, token_was_attached) = (request.operation, request.token_was_attached);
        match sent {
            Ok(body) => Ok(Answer { operation, request_id, body: Zeroizing::new(body) }),
            Err(cause) => Err(Failure { operation, request_id, token_was_attached, cause }),
        }
    }

    async fn exchange(&self, request: &Request, request_id: &str) -> Result<Vec<u8>, FailureCause> {
        let built = self
            .build(request, request_id)
            .map_err(|_| FailureCause::Network(NetworkFailure::ConnectFailed))?;
        let response = built.send().await.map_err(|error| network(&error))?;
        if let Some(date) = limits::date(response.headers()) {
            self.clock.observe(date);
        }
        let (status, retry_after) = (response.status(), limits::retry_after(response.headers()));
        let body = limits::read_body(response, self.config.max_body_bytes).await;
        if status.is_success() {
            return body.map_err(|error| match error {
                BodyError::TooLarge => FailureCause::Network(NetworkFailure::TooLarge),
                BodyError::Broken(error) => network(&error),
            });
        }
        // A refusal counts even if its body does not arrive.
        let status = status.as_u16();
        let error = answer_error::read(status, &body.unwrap_or_default());
        Err(FailureCause::Refused {
            status,
            code: error.code,
            wants_elevation: error.wants_elevation,
            retry_after,
            merge: error.merge.map(Box::new),
        })
    }

    fn build(&self, request: &Request, request_id: &str) -> Result<reqwest::RequestBuilder, StepUpError> {
        let method = match request.operation.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut builder = self
            .client()?
            .request(method, self.url(request)?)
            .headers(self.common_headers.clone())
            .headers(request.headers.clone())
            .header(headers::REQUEST_ID, request_id);
        if let Some(body) = &request.body {
            builder = builder.body(body.to_string());
        }
        Ok(builder)
    }

    fn url(&self, request: &Request) -> Result<Url, StepUpError> {
        let base = self.config.base_url.as_str().trim_end_matches('/');
        let mut url = Url::parse(&format!("{base}/sdk/{}/{}", self.config.environment_id, request.path))
            .map_err(|_| StepUpError::Internal { reason: "a path is not a URL".into() })?;
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        Ok(url)
    }

    fn client(&self) -> Result<&Client, StepUpError> {
        self.client.get_or_try_init(|| {
            Client::builder()
                .tls_backend_preconfigured(tls::configuration(self.config.tls_roots)?)
                .redirect(redirect::Policy::none())
                .no_proxy()
                .referer(false)
                .connect_timeout(self.config.connect_timeout)
                .timeout(self.config.request_timeout)
                .pool_idle_timeout(IDLE_CONNECTION)
                .build()
                .map_err(|_| StepUpError::Internal { reason: "the HTTP client cannot be built".into() })
        })
    }
}

/// The error's own text is not kept: it names the URL.
fn network(error: &reqwest::Error) -> FailureCause {
    FailureCause::Network(if error.is_connect() || error.is_builder() {
        NetworkFailure::ConnectFailed
    } else if error.is_timeout() {
        NetworkFailure::TimedOut
    } else {
        NetworkFailure::Interrupted
    })
}
