//! How a sandbox is started.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use uuid::Uuid;

use crate::policy::Policy;

/// What a sandbox is told at its start.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The environment's id; made up when there is none.
    pub environment_id: Option<Uuid>,
    /// Origins of the app for passkeys: `https://HOST`, `http://localhost:PORT`,
    /// `android:apk-key-hash:HASH`. The first web origin is also where device-registration links lead.
    /// Empty: `http://localhost`.
    pub origins: Vec<String>,
    /// Relying party id of passkeys: a host name, never an address.
    pub rp_id: String,
    /// The policy at the start and after a reset.
    pub policy: Policy,
    /// Whether an address beyond loopback may be listened on. The control API has no password.
    pub allow_remote: bool,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            environment_id: None,
            origins: Vec::new(),
            rp_id: "localhost".into(),
            policy: Policy::default(),
            allow_remote: false,
        }
    }
}

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is reachable from other machines and that was not allowed.
    #[error("{0} is not a loopback address; remote access must be allowed explicitly")]
    NotLoopback(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// Origins or relying party id make no sense.
    #[error("passkeys: {0}")]
    RelyingParty(#[from] crate::passkeys::RelyingPartyError),
    /// No signing key could be made.
    #[error("signing key: {0}")]
    SigningKey(String),
}
