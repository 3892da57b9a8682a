//! `cargo xtask package`: what apps add to themselves, below `target/package/`.
//!
//! A new package is a file with a `run`, named here in `mod` and in `ALL`.

pub(crate) mod android;
pub(crate) mod kotlin_jvm;
pub(crate) mod swift;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::Command;
use crate::workspace::{Workspace, target_directory};

pub(crate) const COMMAND: Command =
    Command { name: "package", about: "build what apps add: kotlin-jvm | android | swift", run };

/// One kind of package; an error from `run` names what is missing on this machine.
struct Package {
    name: &'static str,
    run: fn(&Workspace) -> anyhow::Result<ExitCode>,
}

const ALL: &[Package] = &[
    Package { name: "kotlin-jvm", run: kotlin_jvm::run },
    Package { name: "android", run: android::run },
    Package { name: "swift", run: swift::run },
];

/// The version of everything in this workspace, the packages included.
const VERSION: &str = env!("CARGO_PKG_VERSION");

fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let names: Vec<&str> = ALL.iter().map(|package| package.name).collect();
    let [name] = arguments else { bail!("which package? There are {}", names.join(", ")) };
    let package = ALL.iter().find(|package| package.name == name);
    let package =
        package.with_context(|| format!("there is no package `{name}`; there are {}", names.join(", ")))?;
    (package.run)(&Workspace::find()?)
}

/// Where packages are left, wherever cargo's target directory lies.
pub(crate) fn directory() -> anyhow::Result<PathBuf> {
    Ok(target_directory()?.join("package"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(arguments: &[&str]) -> String {
        run(&arguments.iter().map(|argument| (*argument).to_owned()).collect::<Vec<_>>())
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn without_the_name_of_a_package_all_are_named() {
        for package in ALL {
            assert!(error(&[]).contains(package.name), "{}", error(&[]));
            assert!(error(&["a.out"]).contains(package.name), "{}", error(&["a.out"]));
        }
    }
}
