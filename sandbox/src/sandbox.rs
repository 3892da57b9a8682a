//! A running sandbox and the handles on it.

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::backend::{Backend, PolicyCell, StateCell};
use crate::clock::{Clock, iso};
use crate::config::{SandboxConfig, StartError};
use crate::faults::Faults;
use crate::log::{Exchange, Log};
use crate::outbox::Outbox;
use crate::passkeys::{RelyingParty, VirtualAuthenticators};
use crate::policy::Policy;
use crate::serve::{ServerHooks, serve};
use crate::server;
use crate::tokens::Signer;
use crate::wallets::Wallets;

/// A running sandbox; dropping it stops the server.
pub struct Sandbox {
    backend: Arc<Backend>,
    shutdown: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<std::io::Result<()>>>,
}

impl Sandbox {
    /// Starts a sandbox on the current tokio runtime.
    ///
    /// # Errors
    /// [`StartError`] naming what in the configuration cannot be.
    pub async fn start(config: SandboxConfig) -> Result<Self, StartError> {
        if !config.listen.ip().is_loopback() && !config.allow_remote {
            return Err(StartError::NotLoopback(config.listen));
        }
        let failed = |source| StartError::Listen { address: config.listen, source };
        let listener = TcpListener::bind(config.listen).await.map_err(failed)?;
        let url = format!("http://{}", listener.local_addr().map_err(failed)?);
        let backend = Arc::new(backend(config, url)?);
        let (shutdown, stopped) = oneshot::channel();
        let router = server::router(&backend);
        let hooks = hooks(&backend);
        let stopped = async { drop(stopped.await) };
        let server = tokio::spawn(serve(listener, router, backend.faults.clone(), hooks, stopped));
        Ok(Self { backend, shutdown: Some(shutdown), server: Some(server) })
    }

    /// Origin of the server, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.backend.url
    }

    /// Base URL of the API for a client's configuration, `…/api/v0`.
    pub fn base_url(&self) -> String {
        format!("{}/api/v0", self.backend.url)
    }

    /// The environment's id.
    pub fn environment_id(&self) -> Uuid {
        self.backend.environment_id
    }

    /// What was "sent".
    pub fn outbox(&self) -> Outbox {
        self.backend.outbox.clone()
    }

    /// The server's clock.
    pub fn clock(&self) -> Clock {
        self.backend.clock.clone()
    }

    /// Faults to inject.
    pub fn faults(&self) -> Faults {
        self.backend.faults.clone()
    }

    /// Software wallets.
    pub fn wallets(&self) -> Wallets {
        self.backend.wallets.clone()
    }

    /// What arrived.
    pub fn log(&self) -> Log {
        self.backend.log.clone()
    }

    /// The policy in force.
    pub fn policy(&self) -> Policy {
        self.backend.policy.get().as_ref().clone()
    }

    /// Puts another policy in force, for requests from now on.
    pub fn set_policy(&self, policy: Policy) {
        self.backend.policy.set(policy);
    }

    /// Back to how it started: no users, no messages, no faults, real time, the first policy.
    pub fn reset(&self) {
        self.backend.reset();
    }

    /// Stops the server and waits until it has.
    ///
    /// # Errors
    /// What the accept loop failed with, if it did.
    pub async fn stop(mut self) -> std::io::Result<()> {
        self.shutdown.take();
        match self.server.take() {
            Some(server) => server.await.unwrap_or_else(|ended| Err(std::io::Error::other(ended))),
            None => Ok(()),
        }
    }
}

fn backend(config: SandboxConfig, url: String) -> Result<Backend, StartError> {
    let environment_id = config.environment_id.unwrap_or_else(Uuid::new_v4);
    let origins = if config.origins.is_empty() { vec!["http://localhost".into()] } else { config.origins };
    let web_origin = origins.iter().find(|origin| origin.starts_with("http"));
    let app_url = web_origin.cloned().unwrap_or_else(|| url.clone());
    let signing_key = |error: crate::tokens::TokenError| StartError::SigningKey(error.to_string());
    Ok(Backend {
        environment_id,
        app_url,
        clock: Clock::default(),
        outbox: Outbox::default(),
        log: Log::default(),
        faults: Faults::default(),
        sessions: Signer::for_sessions(&format!("{url}/{environment_id}")).map_err(signing_key)?,
        assertions: Signer::for_assertions(&format!("{url}/sandbox")).map_err(signing_key)?,
        relying_party: RelyingParty::new(&config.rp_id, &origins, "Stepup Sandbox")?,
        authenticators: VirtualAuthenticators::default(),
        wallets: Wallets::default(),
        policy: PolicyCell::new(config.policy.clone()),
        initial_policy: config.policy,
        state: StateCell::default(),
        url,
    })
}

/// What the server outside the router needs: the clock, and the log for exchanges that a fault decided.
fn hooks(backend: &Arc<Backend>) -> ServerHooks {
    let (clock, log) = (backend.clock.clone(), backend.log.clone());
    let date_clock = clock.clone();
    ServerHooks {
        on_fault: Arc::new(move |exchange| log.add(Exchange::faulted(iso(clock.now_utc()), &exchange))),
        date: Arc::new(move || date_clock.http_date()),
        cors: server::cors(),
    }
}
