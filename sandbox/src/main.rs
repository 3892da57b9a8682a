//! `stepup-sandbox`: the sandbox as a program, for hosts which cannot run it in their own process.

mod arguments;

use std::io::{self, Write};
use std::process::ExitCode;

use arguments::Arguments;
use clap::Parser;
use serde::Serialize;
use stepup_sandbox::{Sandbox, SandboxConfig, StartError};
use uuid::Uuid;

/// Something about the command line cannot be used; as for flags that cannot be read.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ended = arguments
        .config()
        .map_err(|message| Failure { message, code: USAGE })
        .and_then(|config| run(config, arguments.exit_with_parent));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody is left to be told when standard error is closed too.
            let _ = writeln!(io::stderr(), "stepup-sandbox: {}", failure.message);
            ExitCode::from(failure.code)
        }
    }
}

struct Failure {
    message: String,
    code: u8,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self { message: error.to_string(), code: 1 }
    }
}

#[tokio::main]
async fn run(config: SandboxConfig, exit_with_parent: bool) -> Result<(), Failure> {
    // Listened to before the ready line, so that whoever reads it can end the program at once.
    let asked_to_end = termination()?;
    let sandbox = Sandbox::start(config).await?;
    announce(&sandbox)?;
    tokio::select! {
        () = asked_to_end => {}
        () = standard_input_closed(), if exit_with_parent => {}
    }
    Ok(sandbox.stop().await?)
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::NotLoopback(_) => Self { message: format!("{error} (--allow-remote)"), code: USAGE },
            StartError::RelyingParty(_) => Self { message: error.to_string(), code: USAGE },
            StartError::Listen { .. } | StartError::SigningKey(_) => {
                Self { message: error.to_string(), code: 1 }
            }
        }
    }
}

/// The one line on standard output.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ready<'a> {
    url: &'a str,
    base_url: String,
    environment_id: Uuid,
}

fn announce(sandbox: &Sandbox) -> io::Result<()> {
    let ready =
        Ready { url: sandbox.url(), base_url: sandbox.base_url(), environment_id: sandbox.environment_id() };
    let mut stdout = io::stdout().lock();
    serde_json::to_writer(&mut stdout, &ready)?;
    writeln!(stdout)?;
    stdout.flush()
}

/// Ready on SIGTERM or SIGINT.
#[cfg(unix)]
fn termination() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Ready on Ctrl-C.
#[cfg(windows)]
fn termination() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move { drop(interrupt.recv().await) })
}

/// Ready when the other end of standard input is gone.
///
/// On a thread of its own: a read that never returns would otherwise keep the runtime from ending.
async fn standard_input_closed() {
    let (closed, wait) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // A failing read counts as closed.
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        let _ = closed.send(());
    });
    let _ = wait.await;
}
