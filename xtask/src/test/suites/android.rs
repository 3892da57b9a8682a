//! What is for Android, under Robolectric, against the real library and the sandbox.

use std::process::Command;

use anyhow::bail;

use super::{Report, Suite, kotlin};
use crate::package::android::PROFILE;
use crate::process;
use crate::workspace::Workspace;

pub(crate) const SUITE: Suite =
    Suite { name: "android", about: "what is for Android, tests against the real library", run };

/// Finds what unpacks and links Android's libraries, installs it where that works unattended, or fails.
const TOOLS: &str = "bindings/kotlin/android/libraries/tools.sh";
/// Has tests of its own, and nothing for Android.
const LEFT_OUT: &str = "--projects=!shrunk";

fn run(workspace: &Workspace) -> anyhow::Result<Report> {
    let status = process::stream(&mut Command::new(workspace.root().join(TOOLS)), |_| {})?;
    if !status.success() {
        bail!("aapt2, zip or unzip is missing and cannot be had, see above");
    }
    // A module that fails does not hide what the others have to tell.
    kotlin::run_tests(workspace, &[PROFILE, LEFT_OUT, "--fail-at-end"])
}
