//! `cargo xtask package android`: an AAR of the Kotlin classes, the manifest, the resources, the rules for R8
//! and the native libraries, in a Maven repository with the file that Gradle reads beside it.

mod aar;
pub(crate) mod abi;
mod ndk;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, bail};

use super::{VERSION, kotlin_jvm};
use crate::workspace::Workspace;
use crate::{maven, shipped};
pub(crate) use aar::faults;
use abi::{ABIS, Abi};
use ndk::Ndk;

/// Modules whose classes are in the AAR. What an app does not use, R8 takes out.
const MODULES: [&str; 4] = [
    "bindings/kotlin/generated",
    "bindings/kotlin/stepup",
    "bindings/kotlin/okhttp",
    "bindings/kotlin/android",
];
const SOURCES: &str = "src/main/kotlin";
const RULES: &str = "bindings/kotlin/generated/rules/stepup-core.pro";
const MANIFEST: &str = "bindings/kotlin/android/src/main/AndroidManifest.xml";
const RESOURCES: &str = "bindings/kotlin/android/src/main/res";
const POM: &str = "bindings/kotlin/android/aar.pom.xml";
/// The modules that are not built on every machine.
pub(crate) const PROFILE: &str = "-Pandroid";

pub(super) fn run(workspace: &Workspace) -> anyhow::Result<ExitCode> {
    let ndk = Ndk::find()?;
    maven::prepare(workspace)?;
    let output = super::directory()?;
    let mut libraries = Vec::new();
    for abi in &ABIS {
        let built = ndk.build(workspace, abi)?;
        let symbols = output.join("symbols").join(abi.name);
        fs::create_dir_all(&symbols)?;
        fs::copy(&built, symbols.join("libstepup_core.so"))?;
        libraries.push((abi, built));
    }
    build(workspace, &output)?;
    let aar = assemble(workspace, &libraries, &ndk.strip(), &output)?;
    let wrong = faults(&aar, &libraries.iter().map(|(abi, _)| *abi).collect::<Vec<_>>())?;
    if !wrong.is_empty() {
        bail!("{} must not ship: {}", aar.display(), wrong.join("; "));
    }
    println!("{}", aar.display());
    Ok(ExitCode::SUCCESS)
}

/// Builds the classes, and puts the jars into the Maven repository below `output`.
pub(crate) fn build(workspace: &Workspace, output: &Path) -> anyhow::Result<()> {
    let modules = ".,generated,stepup,okhttp,android/libraries,android";
    kotlin_jvm::deploy(workspace, output, modules, &[PROFILE.to_owned()])?;
    Ok(())
}

/// Puts the AAR and its sources into the Maven repository below `output`, beside the jars, whose classes are
/// in it, with these libraries stripped by this program; answers with the AAR.
pub(crate) fn assemble(
    workspace: &Workspace,
    libraries: &[(&Abi, PathBuf)],
    strip: &Path,
    output: &Path,
) -> anyhow::Result<PathBuf> {
    let place = output.join("maven/dev/stepup/stepup-android").join(VERSION);
    fs::create_dir_all(&place)?;
    let mut stripped = Vec::new();
    for (abi, library) in libraries {
        let target = output.join("natives").join(abi.path());
        shipped::strip(Command::new(strip).arg("--strip-unneeded"), library, &target)?;
        stripped.push((*abi, fs::read(target)?));
    }
    let aar = place.join(format!("stepup-android-{VERSION}.aar"));
    fs::write(&aar, aar::pack(&contents(workspace, stripped)?)?)?;
    let sources = MODULES.map(|module| workspace.root().join(module).join(SOURCES));
    let jar = place.join(format!("stepup-android-{VERSION}-sources.jar"));
    fs::write(jar, aar::pack(&aar::read(&sources)?)?)?;
    fs::copy(workspace.root().join(POM), aar.with_extension("pom"))?;
    Ok(aar)
}

fn contents(workspace: &Workspace, libraries: Vec<(&Abi, Vec<u8>)>) -> anyhow::Result<aar::Files> {
    let classes = MODULES.map(|module| workspace.root().join(module).join("target/classes"));
    let text = |path: &str| fs::read(workspace.root().join(path)).with_context(|| path.to_owned());
    let resources = aar::read(&[workspace.root().join(RESOURCES)])?;
    let mut files = aar::Files::from([
        ("AndroidManifest.xml".to_owned(), text(MANIFEST)?),
        ("classes.jar".to_owned(), aar::pack(&aar::read(&classes)?)?),
        ("proguard.txt".to_owned(), text(RULES)?),
        ("R.txt".to_owned(), aar::symbols(&resources)?.into_bytes()),
    ]);
    files.extend(resources.into_iter().map(|(name, content)| (format!("res/{name}"), content)));
    files.extend(libraries.into_iter().map(|(abi, library)| (abi.path(), library)));
    Ok(files)
}
