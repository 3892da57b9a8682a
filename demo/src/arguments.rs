//! The command line.

use clap::Parser;

/// The main job of the library, step by step on the terminal: sign in, link factors, check, verify, proceed,
/// unlink, register and revoke a second device, sign out. Each step is checked; the exit code is 0 only if
/// every one is as told.
///
/// Without arguments it plays both the app and its user, against a sandbox that it starts itself.
#[derive(Debug, Parser)]
#[command(name = "stepup-demo", bin_name = "cargo xtask demo")]
pub(crate) struct Arguments {
    /// You type the codes
    #[arg(long)]
    interactive: bool,

    /// Id of a real environment to run against, as far as it allows (implies --interactive)
    #[arg(long, value_name = "ID")]
    pub(crate) environment: Option<String>,

    /// Base URL of its API, such as https://HOST/api/v0 [default: the vendor's]
    #[arg(long, value_name = "URL", requires = "environment")]
    pub(crate) base_url: Option<String>,

    /// The app's origin, such as `https://app.example`; must be on the environment's allow-list
    #[arg(long, value_name = "URL", requires = "environment")]
    pub(crate) origin: Option<String>,
}

impl Arguments {
    /// What the program was started with; one that cannot be understood ends it with exit code 2.
    pub(crate) fn read() -> Self {
        Self::parse()
    }

    /// Whether a person answers the questions.
    pub(crate) fn is_interactive(&self) -> bool {
        self.interactive || self.environment.is_some()
    }
}
