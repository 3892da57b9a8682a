//! The program's command line.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Parser;
use serde_json::Value;
use stepup_sandbox::{Policy, SandboxConfig};
use uuid::Uuid;

/// A local server that speaks the step-up API, for development and tests.
///
/// When it is ready, it prints one line of JSON: {"url":…,"baseUrl":…,"environmentId":…}. It ends on SIGTERM
/// and SIGINT.
#[derive(Debug, Parser)]
#[command(name = "stepup-sandbox", version)]
pub(crate) struct Arguments {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value_t = SandboxConfig::default().listen)]
    listen: SocketAddr,

    /// Id of the environment served [default: a new one]
    #[arg(long, value_name = "UUID")]
    environment_id: Option<Uuid>,

    /// Origin of the app: https://HOST, http://localhost:PORT or android:apk-key-hash:HASH; may be repeated
    #[arg(long = "origin", value_name = "ORIGIN")]
    origins: Vec<String>,

    /// Relying party id of passkeys
    #[arg(long, value_name = "HOST", default_value_t = SandboxConfig::default().rp_id)]
    rp_id: String,

    /// JSON file with the policy to begin with
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// End when standard input closes
    #[arg(long)]
    pub(crate) exit_with_parent: bool,

    /// Allow an address other machines can reach
    #[arg(long)]
    allow_remote: bool,
}

impl Arguments {
    /// The sandbox asked for.
    ///
    /// # Errors
    /// A sentence naming the policy file and what is wrong with it.
    pub(crate) fn config(&self) -> Result<SandboxConfig, String> {
        let policy = self.policy.as_deref().map(read_policy).transpose()?;
        Ok(SandboxConfig {
            listen: self.listen,
            environment_id: self.environment_id,
            origins: self.origins.clone(),
            rp_id: self.rp_id.clone(),
            policy: policy.unwrap_or_default(),
            allow_remote: self.allow_remote,
        })
    }
}

fn read_policy(path: &Path) -> Result<Policy, String> {
    let refused = |error: &dyn std::fmt::Display| format!("--policy {}: {error}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| refused(&error))?;
    let json: Value = serde_json::from_str(&text).map_err(|error| refused(&error))?;
    Policy::from_json(&json).map_err(|error| refused(&error))
}
