//! The interface of the adapters for Apple's systems, as they are compiled against the stand-ins.

use std::fs;
use std::path::PathBuf;

use crate::bindings::remove;
use crate::swift::Swift;
use crate::swift::stubs::{ADAPTERS, Stubs};
use crate::workspace::{Workspace, build_directory};

/// What is committed.
const FILE: &str = "bindings/swift/api-apple.txt";

/// Accepts the present interface. Answers with the file that holds it.
pub(super) fn accept(workspace: &Workspace, swift: &Swift) -> anyhow::Result<&'static str> {
    let stubs = Stubs::new(workspace, swift)?;
    stubs.build()?;
    fs::write(workspace.root().join(FILE), present(swift, &stubs)?)?;
    Ok(FILE)
}

/// What has changed since the interface was accepted, if the package with the stand-ins is built.
pub(crate) fn changes(workspace: &Workspace, swift: &Swift, stubs: &Stubs) -> anyhow::Result<Option<String>> {
    let accepted = workspace.read_text(FILE)?.unwrap_or_default();
    Ok(super::told(&accepted, &present(swift, stubs)?))
}

/// Has the compiler describe the adapters. Answers with the directory of the descriptions.
pub(crate) fn describe(swift: &Swift, stubs: &Stubs) -> anyhow::Result<PathBuf> {
    let output = build_directory()?.join("swift-api-apple");
    remove(&output)?;
    fs::create_dir_all(&output)?;
    super::extract(swift, ADAPTERS, &super::triple(swift)?, &stubs.modules(), &output)?;
    Ok(output)
}

/// With what the adapters add to types of other modules.
fn present(swift: &Swift, stubs: &Stubs) -> anyhow::Result<String> {
    let output = describe(swift, stubs)?;
    let mut lines = Vec::new();
    for entry in fs::read_dir(&output)? {
        let name = entry?.file_name();
        if let Some(module) = name.to_str().and_then(|name| name.strip_suffix(".symbols.json")) {
            lines.extend(super::Graph::read(&output, module)?.lines(|_| true));
        }
    }
    lines.sort();
    Ok(lines.into_iter().map(|line| line + "\n").collect())
}
