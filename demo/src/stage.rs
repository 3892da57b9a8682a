//! What the story is played with: the core and its surroundings, the person, the server.

use std::cell::OnceCell;
use std::sync::Arc;

use stepup_core::{
    ClientConfig, InMemoryStorage, OtpVerification, Platform, SoftwareKeys, StepUpClient, StepUpError,
};
use stepup_sandbox::{MessageFilter, Policy, Sandbox, SandboxConfig};

use crate::arguments::Arguments;
use crate::authenticator_app::AuthenticatorApp;
use crate::backend::Backend;
use crate::narrator::Narrator;
use crate::person::Person;
use crate::phone::{ORIGIN, Phone};

/// Everything that the chapters need.
pub(crate) struct Stage {
    pub(crate) client: Arc<StepUpClient>,
    pub(crate) storage: Arc<InMemoryStorage>,
    pub(crate) narrator: Narrator,
    pub(crate) person: Person,
    /// The server that was started for the story; none with a real environment.
    pub(crate) server: Option<Server>,
    /// Set when the story links one.
    pub(crate) authenticator_app: OnceCell<AuthenticatorApp>,
}

/// The sandbox, and the app's own backend that it plays.
pub(crate) struct Server {
    pub(crate) sandbox: Sandbox,
    pub(crate) backend: Backend,
}

/// Why there will be no story.
pub(crate) struct Refused {
    pub(crate) reason: String,
    /// Whether another command line would help.
    pub(crate) is_usage: bool,
}

impl Stage {
    /// Makes the client, and starts the sandbox unless there is a real environment. Asks no server anything.
    pub(crate) async fn set(arguments: &Arguments) -> Result<Self, Refused> {
        let server = if arguments.environment.is_none() { Some(Server::start().await?) } else { None };
        let storage = Arc::new(InMemoryStorage::default());
        let mut platform = Platform::new(storage.clone(), Arc::new(SoftwareKeys::default()));
        if server.is_some() {
            platform = platform.with_passkeys(Arc::new(Phone::default()));
        }
        let config = match &server {
            Some(server) => server.config(),
            None => environment_config(arguments),
        };
        let person = if arguments.is_interactive() { Person::at_the_keyboard() } else { Person::Played };
        Ok(Self {
            client: StepUpClient::new(config, platform).map_err(refused_config)?,
            storage,
            narrator: Narrator::new(),
            person,
            server,
            authenticator_app: OnceCell::new(),
        })
    }

    /// Shows the mail that carried a code, where it can be looked at, and answers the code.
    pub(crate) fn mailed_code(&self, sent: &OtpVerification) -> Option<String> {
        let filter =
            MessageFilter { verification_uuid: sent.id.as_str().parse().ok(), ..MessageFilter::default() };
        let mails = self.server.as_ref()?.sandbox.outbox().messages(&filter);
        let mail = mails.into_iter().next()?;
        let code = mail.code?;
        self.narrator.mail(&format!("to {}: \"Your code is {code}.\"", mail.to));
        Some(code)
    }

    /// After a story that broke off: leaves no session behind on a server that lives on.
    pub(crate) async fn leave(&self) {
        if self.server.is_some() {
            return;
        }
        // Best effort; there is nobody left to act on a failure.
        let _ = self.client.auth().logout(None).await;
        if self.authenticator_app.get().is_some() {
            self.narrator
                .prose("Look whether the authenticator app of this run is still linked to your account.");
        }
    }
}

impl Server {
    async fn start() -> Result<Self, Refused> {
        let failed = |reason: String| Refused { reason, is_usage: false };
        let policy = Policy { device_registration: true, ..Policy::default() };
        let sandbox = Sandbox::start(SandboxConfig { policy, ..SandboxConfig::default() }).await;
        let sandbox = sandbox.map_err(|error| failed(format!("the sandbox did not start: {error}")))?;
        let backend = Backend::new(sandbox.url()).map_err(|error| failed(error.to_string()))?;
        Ok(Self { sandbox, backend })
    }

    /// The app's configuration, on the first phone.
    pub(crate) fn config(&self) -> ClientConfig {
        ClientConfig {
            base_url: Some(self.sandbox.base_url()),
            device_name: Some("Pixel 9; Android 16".into()),
            app_origin: Some(ORIGIN.into()),
            app_links: vec![ORIGIN.into()],
            allow_insecure_loopback: true,
            ..ClientConfig::new(self.sandbox.environment_id().to_string())
        }
    }
}

fn environment_config(arguments: &Arguments) -> ClientConfig {
    ClientConfig {
        base_url: arguments.base_url.clone(),
        app_origin: arguments.origin.clone(),
        // A sandbox that runs by itself is an environment, too.
        allow_insecure_loopback: true,
        ..ClientConfig::new(arguments.environment.clone().unwrap_or_default())
    }
}

/// Names the flag instead of the field.
fn refused_config(error: StepUpError) -> Refused {
    let StepUpError::InvalidConfiguration { field, reason } = &error else {
        return Refused { reason: error.to_string(), is_usage: false };
    };
    let flag = match field.as_str() {
        "environment_id" => "--environment",
        "base_url" => "--base-url",
        "app_origin" => "--origin",
        other => other,
    };
    Refused { reason: format!("{flag} {reason}"), is_usage: true }
}
