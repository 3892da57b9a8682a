//! The main job of the core, told on the terminal: check → verify → proceed, step by step, against the
//! sandbox or a real environment. Each step is checked; one that is not as told ends the program.

mod arguments;
mod authenticator_app;
mod backend;
mod chapters;
mod codes;
mod narrator;
mod person;
mod phone;
mod qr;
mod screen;
mod stage;
mod story;
mod told;

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Instant;

use arguments::Arguments;
use stage::Stage;

/// Something about the command line cannot be used; as for flags that cannot be read.
const USAGE: u8 = 2;
/// What shells report for a program that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::read();
    match Stage::set(&arguments).await {
        Ok(stage) => play(&stage).await,
        Err(refused) => {
            // Nobody is left to be told when standard error is closed too.
            let _ = writeln!(io::stderr(), "error: {}", refused.reason);
            ExitCode::from(if refused.is_usage { USAGE } else { 1 })
        }
    }
}

/// Tells the story to its end, or to where it goes wrong, or to Ctrl-C.
async fn play(stage: &Stage) -> ExitCode {
    let begun = Instant::now();
    let ended = tokio::select! {
        told = story::tell(stage) => Some(told),
        _ = tokio::signal::ctrl_c() => None,
    };
    let code = match ended {
        Some(Ok(())) => {
            stage.narrator.finished(begun.elapsed());
            ExitCode::SUCCESS
        }
        Some(Err(not_as_told)) => {
            stage.narrator.not_as_told(&not_as_told);
            stage.leave().await;
            ExitCode::FAILURE
        }
        None => {
            stage.narrator.interrupted();
            stage.leave().await;
            ExitCode::from(INTERRUPTED)
        }
    };
    stage.client.shutdown();
    code
}
