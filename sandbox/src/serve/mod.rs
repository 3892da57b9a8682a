//! The HTTP/1 server: runs the router, and the faults before it.

mod cut;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use cut::Cut;
use http::{HeaderMap, HeaderValue, Method, Request, Response, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::{Layer, ServiceExt};
use tower_http::cors::CorsLayer;

use crate::faults::{Effect, Fault, FaultAnswer, Faults};
use crate::log::LogEntry;

/// How long requests in progress may take to finish once the server stops.
const GRACE: Duration = Duration::from_secs(1);

/// A request to which a fault was applied.
#[derive(Debug, Clone)]
pub(crate) struct FaultedExchange {
    /// Its method.
    pub(crate) method: Method,
    /// Its path, without query.
    pub(crate) path: String,
    /// Its query.
    pub(crate) query: Option<String>,
    /// Its headers.
    pub(crate) headers: HeaderMap,
    /// The fault in words, such as `latency 500 ms, status 503`.
    pub(crate) fault: String,
}

/// What the server takes from its surroundings.
#[derive(Clone)]
pub(crate) struct ServerHooks {
    /// Told of each fault when it is applied. Where the fault lets the handler run, the handler completes the
    /// entry, which is an extension of its request.
    pub(crate) on_fault: Arc<dyn Fn(FaultedExchange) -> LogEntry + Send + Sync>,
    /// The `Date` of answers which have none.
    pub(crate) date: Arc<dyn Fn() -> HeaderValue + Send + Sync>,
    /// The router's cross-origin rules, for the answers of faults.
    pub(crate) cors: CorsLayer,
}

/// Serves until `shutdown` is ready, then ends idle and hung connections at once and gives the others a
/// second.
///
/// # Errors
/// Those of the listener; a connection which fails ends alone.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    faults: Faults,
    hooks: ServerHooks,
    shutdown: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    // Nothing is ever sent: the receivers learn of the stop by the sender going away.
    let (running, stopping) = watch::channel(());
    let server = Server { router, faults, hooks, stopping };
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    let served = loop {
        tokio::select! {
            () = &mut shutdown => break Ok(()),
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(connections.spawn(server.clone().connection(stream))),
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => break Err(error),
            }
        }
    };
    drop((listener, running));
    let all_ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, all_ended).await.is_err() {
        connections.shutdown().await;
    }
    served
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

#[derive(Clone)]
struct Server {
    router: Router,
    faults: Faults,
    hooks: ServerHooks,
    stopping: watch::Receiver<()>,
}

impl Server {
    async fn connection(self, stream: TcpStream) {
        // Answers are single small writes; a failure to say so costs speed only.
        let _ = stream.set_nodelay(true);
        let mut stopping = self.stopping.clone();
        let cut = Cut::default();
        let service = hyper::service::service_fn(|request| self.answer(request, cut.clone()));
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .auto_date_header(false)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        // The connection first: what it has been given to send is on its way before the cut is looked at.
        tokio::select! {
            biased;
            _ = connection.as_mut() => return,
            () = cut.made() => return,
            _ = stopping.changed() => connection.as_mut().graceful_shutdown(),
        }
        tokio::select! {
            biased;
            _ = connection => {}
            () = cut.made() => {}
        }
    }

    async fn answer(&self, request: Request<Incoming>, cut: Cut) -> Result<Response<Body>, Infallible> {
        let mut response = match self.faults.apply(request.method(), request.uri().path()) {
            Some(fault) => self.faulted(fault, request, cut).await,
            None => self.handled(request).await,
        };
        response.headers_mut().entry(header::DATE).or_insert_with(|| (self.hooks.date)());
        Ok(response)
    }

    async fn handled(&self, request: Request<Incoming>) -> Response<Body> {
        let Ok(response) = self.router.clone().oneshot(request).await;
        response
    }

    /// The rule's answer, readable by a page of another origin as the router's answers are.
    async fn answered(&self, answer: FaultAnswer, request: Request<Incoming>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        drain(body).await;
        let empty =
            tower::service_fn(|_| std::future::ready(Ok::<_, Infallible>(Response::<Body>::default())));
        let Ok(mut response) = self.hooks.cors.layer(empty).oneshot(Request::from_parts(parts, ())).await;
        *response.status_mut() = answer.status;
        *response.body_mut() = Body::from(answer.body);
        response.headers_mut().extend(answer.headers);
        response
    }

    async fn faulted(&self, fault: Fault, mut request: Request<Incoming>, cut: Cut) -> Response<Body> {
        let entry = (self.hooks.on_fault)(FaultedExchange {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            query: request.uri().query().map(str::to_owned),
            headers: request.headers().clone(),
            fault: fault.to_string(),
        });
        request.extensions_mut().insert(entry);
        let mut stopping = self.stopping.clone();
        tokio::select! {
            () = tokio::time::sleep(fault.latency) => {}
            _ = stopping.changed() => return cut.without_answer().await,
        }
        match fault.effect {
            Effect::Handler => self.handled(request).await,
            Effect::Answer(answer) => self.answered(answer, request).await,
            Effect::CutAmid(Some(answer)) => cut.amid(self.answered(answer, request).await).await,
            Effect::CutAmid(None) => cut.amid(self.handled(request).await).await,
            Effect::CutBefore => {
                drain(request.into_body()).await;
                cut.without_answer().await
            }
            Effect::Hang => {
                drain(request.into_body()).await;
                // Ready only when the server stops; a client that goes away takes this future with it.
                let _ = stopping.changed().await;
                cut.without_answer().await
            }
        }
    }
}

/// Reads a request to its end: a connection closed with unread bytes is reset, and the client may then lose
/// what was sent to it.
async fn drain(mut body: Incoming) {
    while let Some(Ok(_)) = body.frame().await {}
}
