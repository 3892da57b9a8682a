//! A running demo and the person in front of it.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// Far beyond what anything takes: it only keeps a broken program from hanging the tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program; killed when a test fails.
pub(crate) struct Demo {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: ChildStdout,
    /// Everything that was shown so far.
    output: Vec<u8>,
    /// Up to where it was read.
    read: usize,
}

/// How a run ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) output: String,
    pub(crate) errors: String,
}

impl Demo {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_stepup-demo"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take().unwrap());
        Self { child, stdin, stdout, output: Vec::new(), read: 0 }
    }

    /// Reads on until `text` has appeared, and answers what stood before it.
    pub(crate) async fn until(&mut self, text: &str) -> String {
        loop {
            let news = String::from_utf8_lossy(&self.output[self.read..]).into_owned();
            if let Some((before, _)) = news.split_once(text) {
                self.read += before.len() + text.len();
                return before.to_owned();
            }
            let more = timeout(PATIENCE, self.stdout.read_buf(&mut self.output)).await;
            assert!(more.unwrap().unwrap() > 0, "`{text}` did not appear behind:\n{}", self.shown());
        }
    }

    pub(crate) async fn answer(&mut self, line: &str) {
        self.stdin.as_mut().unwrap().write_all(format!("{line}\n").as_bytes()).await.unwrap();
    }

    /// Nothing more is typed: standard input ends.
    pub(crate) fn hang_up(&mut self) {
        self.stdin = None;
    }

    #[cfg(unix)]
    pub(crate) async fn interrupt(&self) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-s", "INT", &id]).status().await.unwrap().success());
    }

    /// Waits for the end.
    pub(crate) async fn end(mut self) -> Ended {
        timeout(PATIENCE, self.stdout.read_to_end(&mut self.output)).await.unwrap().unwrap();
        let output = self.shown();
        let rest = timeout(PATIENCE, self.child.wait_with_output()).await.unwrap().unwrap();
        Ended { code: rest.status.code(), output, errors: String::from_utf8_lossy(&rest.stderr).into_owned() }
    }

    fn shown(&self) -> String {
        String::from_utf8_lossy(&self.output).into_owned()
    }
}
