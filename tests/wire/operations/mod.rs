//! Every operation of the core's table, and how an app comes to make it. The names are read from the table
//! itself, so one that is added there and not here fails every suite that goes through all of them.

mod account;
mod devices;
mod factors;
mod linking;
mod sign_in;
mod step_up;

use stepup_core::{CheckReason, MergeResolution, StepUpError};
use stepup_test_support::Totp;

use crate::bench::Bench;

const TABLE: &str = include_str!("../../../src/api/operations.rs");

/// A line of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
}

/// Operations whose request depends on what they are made for: another name for the suites, and the line of
/// the table.
const VARIANTS: [(&str, &str); 8] = [
    ("confirm_totp", "verify_totp"),
    ("create_legacy_token", "verify_totp"),
    ("delete_user_with_legacy_token", "delete_user"),
    ("link_email_with_captcha", "link_email"),
    ("sign_in_with_passkey_of_related_origin", "prepare_passkey_sign_in"),
    ("sign_in_with_social_and_verifier", "sign_in_with_social"),
    ("sign_in_with_solana_wallet", "sign_in_with_wallet"),
    ("unlink_wallet", "unlink_credential"),
];

/// All lines of the table.
pub(crate) fn rows() -> Vec<Row> {
    let (_, table) = TABLE.rsplit_once("\noperations! {\n").unwrap();
    let (table, _) = table.split_once("\n}\n").unwrap();
    let rows: Vec<Row> = table.split(';').filter(|line| !line.trim().is_empty()).map(row).collect();
    assert_eq!(rows.len(), table.matches(';').count(), "the table is read");
    assert!(rows.len() > 60, "the table is read: {}", rows.len());
    rows
}

/// The lines of the table under the names of their variants.
pub(crate) fn variants() -> Vec<Row> {
    let rows = rows();
    let variant = |(name, line): (&'static str, &str)| {
        let row = rows.iter().find(|row| row.name == line).unwrap_or_else(|| panic!("{line}"));
        Row { name, ..*row }
    };
    VARIANTS.map(variant).into()
}

/// `NAME = get("name", "path")…`
fn row(line: &'static str) -> Row {
    let (constant, call) = line.split_once(" = ").unwrap_or_else(|| panic!("{line}"));
    let mut quoted = call.split('"');
    let method = quoted.next().unwrap();
    let (name, path) = (quoted.next().unwrap(), quoted.nth(1).unwrap());
    assert_eq!(constant.trim().to_lowercase(), name, "a constant is named as its operation");
    let method = match method {
        "get(" => "GET",
        "post(" => "POST",
        "put(" => "PUT",
        "delete(" => "DELETE",
        other => panic!("{other}"),
    };
    Row { name, method, path }
}

impl Row {
    pub(crate) fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.name)
    }

    /// The line's own name.
    pub(crate) fn operation(&self) -> &'static str {
        VARIANTS.iter().find(|(name, _)| *name == self.name).map_or(self.name, |(_, line)| line)
    }
}

/// What an operation needs before it can be made.
#[derive(Default)]
pub(crate) struct Prepared {
    /// What was sent to somebody, or a recovery code.
    code: String,
    totp: Option<Totp>,
    /// Id of a passkey, a credential, a device.
    id: String,
    /// A registration link.
    link: String,
    /// An assertion of the app's backend.
    jwt: String,
    resolutions: Vec<MergeResolution>,
}

/// How a call failed. A check does not fail: it says why it could not ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    Error(StepUpError),
    Check(CheckReason),
}

impl Trouble {
    pub(crate) fn error(&self) -> Option<&StepUpError> {
        match self {
            Self::Error(error) => Some(error),
            Self::Check(_) => None,
        }
    }
}

impl From<StepUpError> for Trouble {
    fn from(error: StepUpError) -> Self {
        Self::Error(error)
    }
}

impl Bench {
    /// Brings the client to where the operation is the next step. Somebody is signed in, also where a
    /// sign-in follows, and an elevated token is held unless the device must be registered first.
    pub(crate) async fn prepare(&mut self, name: &str) -> Prepared {
        let prepared = match self.prepare_sign_in(name).await {
            None => self.prepare_step_up(name).await,
            prepared => prepared,
        };
        let prepared = match prepared {
            None => self.prepare_devices(name).await,
            prepared => prepared,
        };
        let prepared = match prepared {
            None => self.prepare_factors(name).await,
            prepared => prepared,
        };
        let prepared = match prepared {
            None => self.prepare_account(name).await,
            prepared => prepared,
        };
        let prepared = match prepared {
            None => self.prepare_linking(name).await,
            prepared => prepared,
        };
        prepared.unwrap_or_else(|| panic!("the suite does not know `{name}`: say how it is prepared"))
    }

    /// Makes the operation, as an app does.
    pub(crate) async fn perform(&self, name: &str, prepared: &Prepared) -> Result<(), Trouble> {
        let (client, world) = (self.client(), &self.world);
        if let Some(done) = sign_in::perform(self, name, prepared).await {
            return done;
        }
        if let Some(done) = step_up::perform(client, world, name, prepared).await {
            return done;
        }
        if let Some(done) = devices::perform(client, name, prepared).await {
            return done;
        }
        if let Some(done) = factors::perform(client, name, prepared).await {
            return done;
        }
        if let Some(done) = account::perform(client, name, prepared).await {
            return done;
        }
        let done = linking::perform(client, name, prepared).await;
        done.unwrap_or_else(|| panic!("the suite does not know `{name}`: say how it is made"))
    }
}
