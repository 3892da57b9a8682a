//! Connections cut from inside a request.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use http::{Response, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use tokio::sync::Notify;

/// Ends a connection from inside a request on it.
#[derive(Clone, Default)]
pub(super) struct Cut(Arc<Notify>);

impl Cut {
    pub(super) async fn made(&self) {
        self.0.notified().await;
    }

    pub(super) async fn without_answer(&self) -> Response<Body> {
        self.0.notify_one();
        std::future::pending().await
    }

    /// The first half of the answer, announced as the whole.
    pub(super) async fn amid(self, response: Response<Body>) -> Response<Body> {
        let (mut parts, body) = response.into_parts();
        let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        parts.headers.remove(header::CONTENT_LENGTH);
        // These have no body to be cut in.
        if matches!(parts.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
            parts.status = StatusCode::OK;
        }
        let half = body.slice(..body.len() / 2);
        let announced = u64::try_from(body.len()).unwrap_or(u64::MAX).max(1);
        Response::from_parts(parts, Body::new(HalfBody { half: Some(half), announced, cut: self }))
    }
}

/// A body that ends before it should.
struct HalfBody {
    half: Option<Bytes>,
    announced: u64,
    cut: Cut,
}

impl hyper::body::Body for HalfBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.half.take().filter(|half| !half.is_empty()) {
            Some(half) => Poll::Ready(Some(Ok(Frame::data(half)))),
            None => {
                // Pending makes the connection send what it has; it is dropped after that.
                self.cut.0.notify_one();
                Poll::Pending
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.announced)
    }
}
