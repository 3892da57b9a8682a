//! The package for Android: its layout and content. The library in it is linked against stubs, so that it
//! must never be published.

use std::path::Path;

use super::{Outcome, Report, Suite};
use crate::check_targets::cross::Cross;
use crate::package::android;
use crate::package::android::abi::ABIS;
use crate::workspace::{Workspace, build_directory, directory_for};
use crate::{maven, shipped};

pub(crate) const SUITE: Suite =
    Suite { name: "aar", about: "what is in the package for Android, linked against stubs", run };

fn run(workspace: &Workspace) -> anyhow::Result<Report> {
    if !cfg!(target_os = "linux") {
        let why = "clang and stubs stand in for Android's own on Linux only";
        return Ok(Outcome::NotPossibleHere(why.to_owned()).without_tests());
    }
    maven::prepare(workspace)?;
    Cross::prepare(workspace)?;
    let [phone, ..] = &ABIS;
    shipped::build(workspace, Some(phone.target))?;
    let library = directory_for(phone.target, "mobile")?.join("libstepup_core.so");
    let output = build_directory()?.join("never-to-be-published");
    android::build(workspace, &output)?;
    let aar = android::assemble(workspace, &[(phone, library)], Path::new("llvm-strip"), &output)?;
    println!("{}: {} bytes", aar.display(), std::fs::metadata(&aar)?.len());
    let faults = android::faults(&aar, &[phone])?;
    Ok(if faults.is_empty() { Outcome::Passed } else { Outcome::Failed(faults.join("; ")) }.without_tests())
}
