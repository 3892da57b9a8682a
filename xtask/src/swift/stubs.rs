//! What is for Apple's systems only, compiled on Linux against stand-ins for Apple's modules.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command as Process;

use anyhow::{Context, ensure};

use super::Swift;
use crate::bindings::{files_below, remove};
use crate::process;
use crate::workspace::{Workspace, build_directory};

/// The package with the stand-ins.
pub(crate) const DIRECTORY: &str = "tests/apple-stubs";
/// The adapters, by the link through which the package has them.
pub(crate) const ADAPTERS: &str = "StepUpApple";
/// What modules of C are found by, from the Swift package's directory.
const MODULE_MAPS: [&str; 2] = ["Sources/StepUpFFI/module.modulemap", "Tests/COpenSSL/module.modulemap"];
/// Modules with which an app on a Mac is compiled; its windows are of another kind than a phone's.
const MAC: [&str; 3] = ["AppKit", "AuthenticationServices", "SwiftUI"];
const PHONE_ONLY: [&str; 3] = ["UIKit", "AuthenticationServices", "SwiftUI"];

/// The package with the stand-ins, and where it is built.
pub(crate) struct Stubs<'a> {
    swift: &'a Swift,
    directory: PathBuf,
    scratch: PathBuf,
}

impl<'a> Stubs<'a> {
    pub(crate) fn new(workspace: &Workspace, swift: &'a Swift) -> anyhow::Result<Self> {
        let directory = workspace.root().join(DIRECTORY);
        Ok(Self { swift, directory, scratch: build_directory()?.join("apple-stubs") })
    }

    /// `swift` with arguments, in the package.
    pub(crate) fn command(&self, arguments: &[&str]) -> Process {
        let mut command = self.swift.command(arguments);
        command.current_dir(&self.directory).env("SWIFTPM_BUILD_DIR", &self.scratch);
        command
    }

    pub(crate) fn build(&self) -> anyhow::Result<()> {
        let status = process::stream(&mut self.command(&["build"]), |_| {})?;
        ensure!(status.success(), "{DIRECTORY} does not build ({status})");
        Ok(())
    }

    /// What was built, for a phone.
    pub(crate) fn modules(&self) -> PathBuf {
        self.scratch.join("debug/Modules")
    }

    /// What was built, for a Mac, with its own kind of windows.
    pub(crate) fn modules_for_mac(&self) -> anyhow::Result<PathBuf> {
        let modules = self.scratch.join("mac");
        remove(&modules)?;
        fs::create_dir_all(&modules)?;
        for entry in fs::read_dir(self.modules())? {
            let file = entry?.path();
            let is_module = file.extension().is_some_and(|extension| extension == "swiftmodule");
            let is_of_phone =
                PHONE_ONLY.iter().any(|name| file.file_stem().is_some_and(|stem| stem == *name));
            if is_module && !is_of_phone {
                fs::copy(&file, modules.join(file.file_name().context("a file has a name")?))?;
            }
        }
        for name in MAC {
            let mut emit = self.compiler(name, &modules, &self.directory.join("Stubs").join(name))?;
            emit.args(["-emit-module", "-emit-module-path"]).arg(modules.join(format!("{name}.swiftmodule")));
            let status = process::stream(&mut emit, |_| {})?;
            ensure!(status.success(), "{name} does not compile ({status})");
        }
        Ok(modules)
    }

    /// Where the sources of one of the package's modules lie.
    pub(crate) fn sources(&self, module: &str) -> anyhow::Result<PathBuf> {
        let link = self.directory.join("Sources").join(module);
        link.canonicalize().with_context(|| format!("{} leads nowhere", link.display()))
    }

    /// Type-checks sources as one of the package's modules: nothing, or what the compiler says.
    pub(crate) fn complaint(
        &self,
        module: &str,
        modules: &Path,
        sources: &Path,
    ) -> anyhow::Result<Option<String>> {
        let told = self.compiler(module, modules, sources)?.arg("-typecheck").output()?;
        let text = String::from_utf8_lossy(&[told.stdout, told.stderr].concat()).into_owned();
        Ok((!told.status.success()).then_some(text))
    }

    fn compiler(&self, module: &str, modules: &Path, sources: &Path) -> anyhow::Result<Process> {
        let arguments = ["-swift-version", "6", "-warnings-as-errors", "-parse-as-library", "-module-name"];
        let mut compiler = self.swift.program("swiftc", &arguments);
        compiler.arg(module).arg("-I").arg(modules).args(module_map_arguments());
        let is_swift = |file: &PathBuf| file.extension().is_some_and(|extension| extension == "swift");
        compiler.args(files_below(sources)?.into_iter().filter(is_swift));
        Ok(compiler)
    }
}

/// For the compiler, and for what describes modules.
pub(crate) fn module_map_arguments() -> impl Iterator<Item = String> {
    let argument = |map| ["-Xcc".to_owned(), format!("-fmodule-map-file={map}")];
    MODULE_MAPS.into_iter().flat_map(argument)
}
