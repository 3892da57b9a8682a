//! The Swift suite under the thread sanitizer: what the package's own code shares, it locks.

use super::{Report, Suite, run_tests};
use crate::swift::Swift;
use crate::workspace::{Workspace, build_directory};

pub(crate) const SUITE: Suite =
    Suite { name: "swift-threads", about: "the Swift tests under the thread sanitizer", run };

fn run(workspace: &Workspace) -> anyhow::Result<Report> {
    let swift = Swift::prepare(workspace)?;
    // What is compiled for the sanitizer is kept apart.
    let scratch = build_directory()?.join("swift-threads");
    let mut tests = swift.command(&["test", "--no-parallel", "--sanitize=thread"]);
    // A race ends the program with a failure, when it is over: one run tells all of them.
    run_tests(tests.arg("--scratch-path").arg(scratch).env_remove("SWIFTPM_BUILD_DIR"))
}
