//! The layout of an XCFramework of static libraries.

use std::fs;
use std::path::Path;

use anyhow::Context;

use super::slices::{LIBRARY, Slice};
use crate::workspace::Workspace;

const GENERATED: &str = "bindings/swift/Sources/StepUpFFI";
/// Beside another framework of this kind a module map that is not in a directory of its own would take the
/// other one's place; clang looks for a module in a directory of its name.
const HEADERS: &str = "Headers/StepUpFFI";

/// Writes the framework with these slices, each with its headers.
pub(super) fn write(workspace: &Workspace, slices: &[Slice], framework: &Path) -> anyhow::Result<()> {
    for slice in slices {
        let directory = framework.join(slice.platform.identifier);
        let headers = directory.join(HEADERS);
        fs::create_dir_all(&headers)?;
        for name in ["StepUpFFI.h", "module.modulemap"] {
            let source = workspace.root().join(GENERATED).join(name);
            fs::copy(&source, headers.join(name)).with_context(|| source.display().to_string())?;
        }
        fs::copy(&slice.library, directory.join(LIBRARY)).context(slice.platform.identifier)?;
    }
    fs::write(framework.join("Info.plist"), information(slices))?;
    Ok(())
}

fn information(slices: &[Slice]) -> String {
    let libraries: String = slices.iter().map(library).collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>AvailableLibraries</key>
	<array>
{libraries}	</array>
	<key>CFBundlePackageType</key>
	<string>XFWK</string>
	<key>XCFrameworkFormatVersion</key>
	<string>1.0</string>
</dict>
</plist>
"#
    )
}

/// One entry of the list of libraries.
fn library(slice: &Slice) -> String {
    let platform = slice.platform;
    let architectures: String =
        platform.architectures().iter().map(|name| format!("\t\t\t\t<string>{name}</string>\n")).collect();
    let mut entry = String::from("\t\t<dict>\n");
    let mut text = |key: &str, value: &str| {
        entry.push_str(&format!("\t\t\t<key>{key}</key>\n\t\t\t<string>{value}</string>\n"));
    };
    text("BinaryPath", LIBRARY);
    text("HeadersPath", "Headers");
    text("LibraryIdentifier", platform.identifier);
    text("LibraryPath", LIBRARY);
    text("SupportedPlatform", platform.name);
    if let Some(variant) = platform.variant {
        text("SupportedPlatformVariant", variant);
    }
    entry.push_str("\t\t\t<key>SupportedArchitectures</key>\n\t\t\t<array>\n");
    entry.push_str(&architectures);
    entry.push_str("\t\t\t</array>\n\t\t</dict>\n");
    entry
}
