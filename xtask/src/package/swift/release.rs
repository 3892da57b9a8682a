//! The package as an app adds it: the sources, and a manifest that downloads the binary.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};

use crate::bindings::files_below;
use crate::package::VERSION;
use crate::workspace::Workspace;

/// SwiftPM wants a manifest at the root of a repository: the package has one of its own, with this name.
pub(super) const REPOSITORY: &str = "stepup-swift";
const SOURCE: &str = "bindings/swift";
/// The manifest before it knows version and checksum.
const TEMPLATE: &str = "Package.release.swift";
/// `docs/flow.md` is what the README refers to.
const DOCUMENTS: [&str; 4] = ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "docs/flow.md"];
/// From here on the README is for those who change the package.
const INTERNAL: &str = "\n## Working on it\n";

/// Writes what is to be committed and tagged with the version.
pub(crate) fn write(workspace: &Workspace, checksum: &str, package: &Path) -> anyhow::Result<()> {
    let source = workspace.root().join(SOURCE);
    for file in files_below(&source.join("Sources"))? {
        copy(&file, &package.join(file.strip_prefix(&source)?))?;
    }
    let text = fs::read_to_string(source.join("README.md")).context("README.md")?;
    fs::write(package.join("README.md"), readme(&text)?)?;
    for name in DOCUMENTS {
        copy(&workspace.root().join(name), &package.join(name))?;
    }
    let template = fs::read_to_string(source.join(TEMPLATE)).context(TEMPLATE)?;
    fs::write(package.join("Package.swift"), manifest(&template, VERSION, checksum)?)?;
    Ok(())
}

/// The README without what can be done in this repository only.
fn readme(text: &str) -> anyhow::Result<&str> {
    let (told, _) = text.split_once(INTERNAL).context("README.md has no part for this repository")?;
    ensure!(!told.contains("cargo xtask"), "README.md names a command that is in this repository only");
    Ok(told)
}

/// Fills the template in.
fn manifest(template: &str, version: &str, checksum: &str) -> anyhow::Result<String> {
    for place in ["@VERSION@", "@CHECKSUM@"] {
        ensure!(template.contains(place), "{TEMPLATE} has no {place}");
    }
    let manifest = template.replace("@VERSION@", version).replace("@CHECKSUM@", checksum);
    ensure!(!manifest.contains("unsafeFlags"), "unsafe flags bar a package from being a dependency");
    Ok(manifest)
}

/// Copies a file into a directory that need not be there.
pub(crate) fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to.parent().context("a file has a directory")?)?;
    fs::copy(from, to).with_context(|| format!("{} cannot be copied", from.display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_knows_version_and_checksum() {
        let template = r#"url: "https://host/@VERSION@/a-@VERSION@.zip", checksum: "@CHECKSUM@""#;
        let filled = manifest(template, "1.2.3", "00ff").unwrap();
        assert_eq!(filled, r#"url: "https://host/1.2.3/a-1.2.3.zip", checksum: "00ff""#);
    }

    #[test]
    fn a_readme_ends_where_the_work_on_the_package_begins() {
        let text = "# StepUp\nUse it.\n\n## Working on it\n\n    cargo xtask test\n";
        assert_eq!(readme(text).unwrap(), "# StepUp\nUse it.\n");
        assert!(readme("# StepUp\n").is_err());
        assert!(readme(&format!("cargo xtask test\n{text}")).is_err());
    }

    #[test]
    fn a_template_that_cannot_be_filled_in_is_refused() {
        assert!(manifest("@VERSION@", "1.2.3", "00ff").unwrap_err().to_string().contains("@CHECKSUM@"));
        let unsafe_template = "@VERSION@ @CHECKSUM@ .unsafeFlags([])";
        assert!(manifest(unsafe_template, "1.2.3", "00ff").unwrap_err().to_string().contains("unsafe"));
    }
}
