//! The program as its hosts run it: command line, ready line, ends.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a test that fails")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

use serde_json::{Value, json};

const ENVIRONMENT: &str = "7b0f3a52-6f0e-4c0c-9b1a-52a5f0f6a001";

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stepup-sandbox"));
    command.args(arguments);
    command
}

/// A program that has said it is ready; killed when a test fails.
struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    ready: Value,
}

impl Running {
    fn start(arguments: &[&str], stdin: Stdio) -> Self {
        let mut child = program(arguments).stdin(stdin).stdout(Stdio::piped()).spawn().unwrap();
        let stdin = child.stdin.take();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line:?}: {error}"));
        Self { child, stdin, stdout, ready }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(self.ready["url"].as_str().unwrap().strip_prefix("http://").unwrap()).unwrap()
    }

    /// The JSON body of an answer with status 200.
    fn request(&self, method: &str, path: &str, body: &str) -> Value {
        let mut stream = self.connect();
        let length = body.len();
        let head = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
        let head = format!("{head}content-type: application/json\r\ncontent-length: {length}\r\n\r\n");
        stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap_or(Value::Null)
    }

    #[cfg(unix)]
    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// The exit code and what else was printed on standard output.
    fn ended(mut self) -> (Option<i32>, String) {
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

fn clean() -> (Option<i32>, String) {
    (Some(0), String::new())
}

fn refused(arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = program(arguments).stdin(Stdio::null()).output().unwrap();
    assert_eq!(status.code(), Some(2), "{arguments:?}");
    assert!(stdout.is_empty(), "{arguments:?}");
    String::from_utf8(stderr).unwrap()
}

/// A file of its own for each test.
fn file(name: &str, text: &str) -> String {
    let path = format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn the_ready_line_says_where_it_is_and_the_end_of_standard_input_ends_it() {
    let arguments = ["--environment-id", ENVIRONMENT, "--exit-with-parent"];
    let mut running = Running::start(&arguments, Stdio::piped());
    let ready = running.ready.clone();
    let url = ready["url"].as_str().unwrap();
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    assert_eq!(
        ready,
        json!({ "url": url, "baseUrl": format!("{url}/api/v0"), "environmentId": ENVIRONMENT })
    );
    running.request("GET", &format!("/api/v0/sdk/{ENVIRONMENT}/healthcheck"), "");
    drop(running.stdin.take());
    assert_eq!(running.ended(), clean());
}

#[test]
fn two_without_flags_are_two_environments() {
    let [one, other] = [(); 2].map(|()| Running::start(&[], Stdio::null()));
    assert_ne!(one.ready["environmentId"], other.ready["environmentId"]);
    assert_ne!(one.ready["url"], other.ready["url"]);
}

#[cfg(unix)]
#[test]
fn it_outlives_standard_input_unless_told_otherwise_and_ends_on_a_signal() {
    for signal in ["TERM", "INT"] {
        let running = Running::start(&[], Stdio::null());
        running.request("GET", "/sandbox/policy", "");
        running.signal(signal);
        assert_eq!(running.ended(), clean(), "{signal}");
    }
}

#[cfg(unix)]
#[test]
fn a_hung_request_does_not_hold_the_end_up() {
    let running = Running::start(&[], Stdio::null());
    running.request("POST", "/sandbox/faults", r#"{"method":"GET","path":"settings","hang":true}"#);
    let environment = running.ready["environmentId"].as_str().unwrap();
    let mut hung = running.connect();
    let request = format!("GET /api/v0/sdk/{environment}/settings HTTP/1.1\r\nhost: localhost\r\n\r\n");
    hung.write_all(request.as_bytes()).unwrap();
    running.signal("TERM");
    assert_eq!(running.ended(), clean());
    let mut answer = Vec::new();
    // Closed or reset, depending on whether the request had been read.
    let _ = hung.read_to_end(&mut answer);
    assert!(answer.is_empty());
}

#[test]
fn a_policy_file_is_in_force_from_the_start() {
    let policy = file("policy.json", r#"{ "apiVersion": "2026_01_01", "otpLifeSeconds": 7 }"#);
    let running = Running::start(&["--policy", &policy], Stdio::null());
    let policy = running.request("GET", "/sandbox/policy", "");
    assert_eq!(policy["apiVersion"], "2026_01_01");
    assert_eq!(policy["otpLifeSeconds"], 7);
}

#[test]
fn origins_and_relying_party_id_are_those_of_the_passkeys() {
    let android = "android:apk-key-hash:-sYXRdwJA3hvue3mKpYrOZ9zSPC7b4mbgzJmdZEDO5w";
    let arguments = ["--origin", "https://app.example", "--origin", android, "--rp-id", "app.example"];
    let running = Running::start(&arguments, Stdio::null());
    let environment = running.ready["environmentId"].as_str().unwrap();
    let options = running.request("GET", &format!("/api/v0/sdk/{environment}/users/passkeys/signin"), "");
    assert_eq!(options["rpId"], "app.example");
}

#[test]
fn what_cannot_be_used_is_refused_by_name_with_code_two() {
    let unknown_key = file("unknown-key.json", r#"{ "mfaa": {} }"#);
    let no_json = file("no-json.json", "{");
    for (arguments, named) in [
        (vec!["--lisen", "127.0.0.1:0"], "--lisen"),
        (vec!["extra"], "extra"),
        (vec!["--listen", "nowhere"], "--listen"),
        (vec!["--environment-id", "1"], "--environment-id"),
        (vec!["--policy", "/nonexistent/policy.json"], "/nonexistent/policy.json"),
        (vec!["--policy", &unknown_key], "mfaa"),
        (vec!["--policy", &no_json], &no_json),
        (vec!["--origin", "app.example"], "origin `app.example`: must be"),
        (vec!["--origin", "https://app.example"], "`localhost`"),
        (vec!["--rp-id", "127.0.0.1"], "relying party id `127.0.0.1`: must be a host name"),
        (vec!["--listen", "0.0.0.0:0"], "--allow-remote"),
    ] {
        let message = refused(&arguments);
        assert!(message.contains(named), "{arguments:?}: {message}");
    }
}

#[test]
fn an_address_others_can_reach_is_possible_when_asked_for() {
    let running = Running::start(&["--listen", "0.0.0.0:0", "--allow-remote"], Stdio::null());
    assert!(running.ready["url"].is_string());
}

#[test]
fn a_port_in_use_is_told_with_code_one() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = program(&["--listen", &address]).stdin(Stdio::null()).output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert!(String::from_utf8(ended.stderr).unwrap().contains(&address));
    assert!(ended.stdout.is_empty());
}

#[test]
fn help_and_version_are_printed() {
    let help = program(&["--help"]).output().unwrap();
    let text = String::from_utf8(help.stdout).unwrap();
    for flag in [
        "--listen",
        "--environment-id",
        "--origin",
        "--rp-id",
        "--policy",
        "--exit-with-parent",
        "--allow-remote",
    ] {
        assert!(text.contains(flag), "{flag}: {text}");
    }
    assert_eq!(help.status.code(), Some(0));
    let version = program(&["--version"]).output().unwrap();
    assert_eq!(
        String::from_utf8(version.stdout).unwrap().trim(),
        concat!("stepup-sandbox ", env!("CARGO_PKG_VERSION"))
    );
}
