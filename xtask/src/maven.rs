//! Maven, which builds the Kotlin modules.

use std::process::Command;

use anyhow::bail;

use crate::process;
use crate::workspace::Workspace;

/// Finds Maven, installs it where that works unattended, or says with this code that it cannot.
const WRAPPER: &str = "bindings/kotlin/mvnw";
const UNAVAILABLE: i32 = 69;

/// Makes sure that there is a Maven: an error says that none can be had.
pub(crate) fn prepare(workspace: &Workspace) -> anyhow::Result<()> {
    let mut version = Command::new(workspace.root().join(WRAPPER));
    let status = process::stream(version.arg("--version"), |_| {})?;
    if status.code() == Some(UNAVAILABLE) {
        bail!("there is no Maven here and none can be had, see above");
    }
    Ok(())
}

/// Maven for all Kotlin modules together.
pub(crate) fn reactor(workspace: &Workspace) -> Command {
    let mut maven = Command::new(workspace.root().join(WRAPPER));
    maven.args(["--batch-mode", "--no-transfer-progress"]);
    maven
}
