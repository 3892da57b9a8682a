//! Faults as a client sees them, byte by byte.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use axum::routing::{get, post};
use http::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower_http::cors::AllowOrigin;

use super::*;

const CHECK: &str = "/api/v0/sdk/e/stepUp/check";

struct Running {
    address: SocketAddr,
    faults: Faults,
    handled: Arc<AtomicU32>,
    seen: Arc<Mutex<Vec<FaultedExchange>>>,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<io::Result<()>>,
}

async fn start() -> Running {
    let handled = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&handled);
    let check = move |body: String| async move {
        counter.fetch_add(1, Ordering::SeqCst);
        ([(header::DATE, "the router's")], body)
    };
    let router = Router::new()
        .route(CHECK, post(check))
        .route("/api/v0/sdk/e/empty", get(|| async { StatusCode::NO_CONTENT }))
        .route("/sandbox/log", get(|| async { "log" }));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&seen);
    let hooks = ServerHooks {
        on_fault: Arc::new(move |exchange| {
            record.lock().unwrap().push(exchange);
            LogEntry::default()
        }),
        date: Arc::new(|| HeaderValue::from_static("the hook's")),
        cors: CorsLayer::new().allow_origin(AllowOrigin::mirror_request()),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let faults = Faults::default();
    let (stop, stopped) = oneshot::channel();
    let shutdown = async { drop(stopped.await) };
    let ended = tokio::spawn(serve(listener, router, faults.clone(), hooks, shutdown));
    Running { address, faults, handled, seen, stop, ended }
}

impl Running {
    fn fault(&self, extra: Value) {
        let mut rule = json!({ "method": "POST", "path": "stepUp/check" });
        rule.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        self.faults.add(serde_json::from_value(rule).unwrap());
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    fn handled(&self) -> u32 {
        self.handled.load(Ordering::SeqCst)
    }

    async fn stop(self) -> Duration {
        let asked = Instant::now();
        self.stop.send(()).unwrap();
        self.ended.await.unwrap().unwrap();
        asked.elapsed()
    }
}

async fn send(stream: &mut TcpStream, method: &str, path: &str, body: &str) {
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nhost: x\r\norigin: https://app.example\r\n");
    let request = format!("{head}content-length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).await.unwrap();
}

/// Everything up to the end of the connection.
async fn until_closed(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

/// One answer on a connection that stays open.
async fn answer(stream: &mut TcpStream, ends_with: &str) -> String {
    let mut text = Vec::new();
    while !text.ends_with(ends_with.as_bytes()) {
        text.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(text).unwrap()
}

async fn exchange(running: &Running, method: &str, path: &str, body: &str, ends_with: &str) -> String {
    let mut stream = running.connect().await;
    send(&mut stream, method, path, body).await;
    answer(&mut stream, ends_with).await
}

#[tokio::test]
async fn without_a_fault_the_router_answers_and_its_date_stands() {
    let running = start().await;
    let text = exchange(&running, "POST", CHECK, "{scope}", "{scope}").await;
    assert!(text.starts_with("HTTP/1.1 200") && text.contains("date: the router's\r\n"), "{text}");
    assert_eq!(text.matches("date:").count(), 1);
    let text = exchange(&running, "GET", "/sandbox/log", "", "log").await;
    assert!(text.contains("date: the hook's\r\n"), "{text}");
    assert!(running.seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn latency_alone_delays_the_handler() {
    let running = start().await;
    running.fault(json!({ "latencyMs": 80 }));
    let asked = Instant::now();
    let text = exchange(&running, "POST", CHECK, "x!", "x!").await;
    assert!(asked.elapsed() >= Duration::from_millis(80));
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    assert_eq!(running.handled(), 1);
}

#[tokio::test]
async fn an_answer_replaces_the_handler_s() {
    let running = start().await;
    running.fault(json!({
        "status": 503, "body": "<html>down</html>", "headers": { "retry-after": "7" }, "count": 1,
    }));
    running.fault(json!({ "body": { "error": "x" }, "headers": { "date": "the rule's" } }));
    let text = exchange(&running, "POST", CHECK, "body", "</html>").await;
    assert!(text.starts_with("HTTP/1.1 503"), "{text}");
    assert!(text.contains("retry-after: 7\r\n") && text.contains("date: the hook's\r\n"), "{text}");
    assert!(text.contains("access-control-allow-origin: https://app.example\r\n"), "{text}");
    let text = exchange(&running, "POST", CHECK, "body", r#"{"error":"x"}"#).await;
    assert!(text.contains("date: the rule's\r\n") && text.contains("application/json"), "{text}");
    assert_eq!(text.matches("date:").count(), 1);
    assert_eq!(running.handled(), 0);
    let seen = running.seen.lock().unwrap();
    assert_eq!(seen[0].fault, "status 503");
    assert_eq!((seen[0].method.as_str(), seen[0].path.as_str()), ("POST", CHECK));
    assert_eq!(seen[0].headers[header::ORIGIN], "https://app.example");
}

#[tokio::test]
async fn cut_before_closes_without_a_byte_and_without_the_handler() {
    let running = start().await;
    running.fault(json!({ "cut": "before", "count": 1 }));
    let mut stream = running.connect().await;
    send(&mut stream, "POST", CHECK, &"x".repeat(300_000)).await;
    assert_eq!(until_closed(&mut stream).await, "");
    assert_eq!(running.handled(), 0);
    exchange(&running, "POST", CHECK, "next", "next").await;
    assert_eq!(running.handled(), 1);
}

#[tokio::test]
async fn cut_amid_announces_more_than_it_sends() {
    let running = start().await;
    running.fault(json!({ "cut": "amid", "count": 1 }));
    running.fault(json!({ "cut": "amid", "status": 500, "body": "0123456789", "count": 1 }));
    running.fault(json!({ "cut": "amid", "status": 500 }));
    for (status, announced, sent) in [("200", 4, "bo"), ("500", 10, "01234"), ("500", 1, "")] {
        let mut stream = running.connect().await;
        send(&mut stream, "POST", CHECK, "body").await;
        let text = until_closed(&mut stream).await;
        assert!(text.starts_with(&format!("HTTP/1.1 {status}")), "{text}");
        assert!(text.contains(&format!("content-length: {announced}\r\n")), "{text}");
        assert!(text.ends_with(&format!("\r\n\r\n{sent}")), "{text}");
    }
    assert_eq!(running.handled(), 1);
}

#[tokio::test]
async fn cut_amid_cuts_an_answer_that_has_no_body() {
    let running = start().await;
    let rule = json!({ "method": "GET", "path": "empty", "cut": "amid" });
    running.faults.add(serde_json::from_value(rule).unwrap());
    let mut stream = running.connect().await;
    send(&mut stream, "GET", "/api/v0/sdk/e/empty", "").await;
    let text = until_closed(&mut stream).await;
    assert!(text.starts_with("HTTP/1.1 200") && text.contains("content-length: 1\r\n"), "{text}");
}

#[tokio::test]
async fn a_hung_request_is_held_until_the_server_stops() {
    let running = start().await;
    running.fault(json!({ "hang": true }));
    let mut stream = running.connect().await;
    send(&mut stream, "POST", CHECK, "body").await;
    let silence = tokio::time::timeout(Duration::from_millis(100), stream.read_u8()).await;
    assert!(silence.is_err(), "neither answered nor closed");
    assert!(running.stop().await < GRACE / 2);
    assert_eq!(until_closed(&mut stream).await, "");
}

#[tokio::test]
async fn stopping_ends_idle_and_delayed_connections_at_once() {
    let running = start().await;
    running.fault(json!({ "latencyMs": 600_000 }));
    let mut idle = running.connect().await;
    send(&mut idle, "GET", "/sandbox/log", "").await;
    answer(&mut idle, "log").await;
    let mut fresh = running.connect().await;
    let mut delayed = running.connect().await;
    send(&mut delayed, "POST", CHECK, "body").await;
    while running.seen.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let address = running.address;
    assert!(running.stop().await < GRACE / 2);
    for stream in [&mut idle, &mut fresh, &mut delayed] {
        assert_eq!(until_closed(stream).await, "");
    }
    TcpStream::connect(address).await.expect_err("the listener is closed");
}

#[tokio::test]
async fn faults_leave_the_control_api_alone() {
    let running = start().await;
    for path in ["log", "{any}", "{any}/{thing}"] {
        let rule = json!({ "method": "GET", "path": path, "hang": true });
        running.faults.add(serde_json::from_value(rule).unwrap());
    }
    exchange(&running, "GET", "/sandbox/log", "", "log").await;
}
