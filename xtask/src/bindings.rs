//! `cargo xtask bindings`: the generated Kotlin and Swift, from the library itself.

mod comments;
mod durations;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::workspace::{Workspace, build_directory};
use crate::{Command, process};

pub(crate) const COMMAND: Command =
    Command { name: "bindings", about: "generate the Kotlin and Swift sources in bindings/ anew", run };

/// Directories that hold generated sources and nothing else, relative to the root of the workspace.
pub(crate) const GENERATED: [&str; 3] = [
    "bindings/kotlin/generated/src",
    "bindings/swift/Sources/StepUpFFI",
    "bindings/swift/Sources/StepUpGenerated",
];

/// Name of the library's file without what the operating system puts around it.
const LIBRARY: &str = "stepup_core";

fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    if let Some(argument) = arguments.first() {
        bail!("`{argument}` is not understood; there are no arguments");
    }
    let workspace = Workspace::find()?;
    let fresh = build_directory()?.join("bindings");
    generate(&workspace, &fresh)?;
    for directory in GENERATED {
        replace(&fresh.join(directory), &workspace.root().join(directory))?;
        println!("{directory}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Builds the library as it is shipped, alone, so that no feature of another crate gets into it. Answers
/// with its path.
pub(crate) fn build_library(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    build(workspace, "stepup-core")?;
    Ok(build_directory()?.join(library_file()))
}

/// Builds the sandbox. Answers with its path.
pub(crate) fn build_sandbox(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    build(workspace, "stepup-sandbox")?;
    Ok(build_directory()?.join(format!("stepup-sandbox{}", std::env::consts::EXE_SUFFIX)))
}

/// The name of the library's file on this system.
pub(crate) fn library_file() -> String {
    format!("{}{LIBRARY}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX)
}

/// Generates everything below `target`, in directories named as below the root of the workspace.
pub(crate) fn generate(workspace: &Workspace, target: &Path) -> anyhow::Result<()> {
    let library = build_library(workspace)?;
    build(workspace, "stepup-bindgen")?;
    remove(target)?;
    let [kotlin, ffi, swift] = GENERATED.map(|directory| target.join(directory));
    generate_language(workspace, &library, "kotlin", &kotlin.join("main/kotlin"))?;
    for file in files_below(&kotlin)? {
        let code = with_checked_arguments(&fs::read_to_string(&file)?);
        let code = with_late_registration(&comments::with_own_names(&code));
        fs::write(&file, code)?;
    }
    generate_language(workspace, &library, "swift", &swift)?;
    let source = swift.join("StepUpGenerated.swift");
    let code = durations::with_durations(&fs::read_to_string(&source)?)?;
    fs::write(&source, comments::with_own_names(&code))?;
    fs::create_dir_all(&ffi)?;
    // Where SwiftPM looks for the description of a system library.
    fs::rename(swift.join("StepUpFFI.modulemap"), ffi.join("module.modulemap"))?;
    let header = fs::read_to_string(swift.join("StepUpFFI.h"))?;
    fs::write(ffi.join("StepUpFFI.h"), without_escapes(&header))?;
    fs::remove_file(swift.join("StepUpFFI.h"))?;
    Ok(())
}

/// The generator lets an object that has been closed be passed as an argument, and its memory be used after
/// it was freed. What it calls methods with refuses such an object and holds any other one, so it serves here
/// too.
fn with_checked_arguments(code: &str) -> String {
    code.replace("return value.uniffiCloneHandle()", "return value.callWithHandle { it }")
}

/// The generator has the library told of all interfaces that an app can implement as soon as it is loaded,
/// which takes JNA as long as loading itself does. Here it is told of each when the first object of that kind
/// is about to be passed.
fn with_late_registration(code: &str) -> String {
    let told = code.lines().filter_map(|line| {
        line.trim().strip_prefix("uniffiCallbackInterface")?.strip_suffix(".register(this)")
    });
    told.fold(code.to_owned(), |code, interface| {
        let at_load = format!("        uniffiCallbackInterface{interface}.register(this)\n");
        let objects = format!("internal val handleMap = UniffiHandleMap<{interface}>()");
        let with_first =
            format!("{objects}.also {{ uniffiCallbackInterface{interface}.register(UniffiLib) }}");
        code.replace(&at_load, "").replace(&objects, &with_first)
    })
}

/// The generator escapes Swift's keywords (`open`) in the C header too, where that is a syntax error.
fn without_escapes(header: &str) -> String {
    let is_comment = |line: &str| line.trim_start().starts_with("//");
    let code = |line: &str| if is_comment(line) { line.to_owned() } else { line.replace('`', "") };
    header.split_inclusive('\n').map(code).collect()
}

pub(crate) fn build(workspace: &Workspace, package: &str) -> anyhow::Result<()> {
    let mut cargo = process::cargo(workspace.root());
    let status = process::stream(cargo.args(["build", "--locked", "--package", package]), |_| {})?;
    if !status.success() {
        bail!("{package} does not build ({status})");
    }
    Ok(())
}

fn generate_language(
    workspace: &Workspace,
    library: &Path,
    language: &str,
    directory: &Path,
) -> anyhow::Result<()> {
    let generator = build_directory()?.join(format!("stepup-bindgen{}", std::env::consts::EXE_SUFFIX));
    let mut command = std::process::Command::new(generator);
    command.current_dir(workspace.root());
    command.args(["generate", "--language", language, "--no-format", "--config", "uniffi/uniffi.toml"]);
    command.args([OsStr::new("--out-dir"), directory.as_os_str(), library.as_os_str()]);
    let status = process::stream(&mut command, |_| {})?;
    if !status.success() {
        bail!("{language} cannot be generated ({status})");
    }
    Ok(())
}

/// Puts the content of `fresh` in place of that of `old`.
pub(crate) fn replace(fresh: &Path, old: &Path) -> anyhow::Result<()> {
    remove(old)?;
    for path in files_below(fresh)? {
        let target = old.join(path.strip_prefix(fresh)?);
        fs::create_dir_all(target.parent().context("a file has a directory")?)?;
        fs::copy(&path, &target)?;
    }
    Ok(())
}

pub(crate) fn remove(directory: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} cannot be removed", directory.display()))
        }
        _ => Ok(()),
    }
}

/// Every file below a directory, in a stable order; none if the directory does not exist.
pub(crate) fn files_below(directory: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    if !directory.exists() {
        return Ok(files);
    }
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_is_looked_at_before_it_is_passed() {
        let code = "    return value.uniffiCloneHandle()\n    block(this.uniffiCloneHandle())\n";
        let checked = "    return value.callWithHandle { it }\n    block(this.uniffiCloneHandle())\n";
        assert_eq!(with_checked_arguments(code), checked);
    }

    #[test]
    fn an_interface_is_registered_with_its_first_object() {
        let code = "    init {\n        uniffiCallbackInterfaceLogSink.register(this)\n    }\n\
                    val handleMap = UniffiHandleMap<CallbackInterface>()\n\
                    internal val handleMap = UniffiHandleMap<LogSink>()\n";
        let late = "    init {\n    }\n\
                    val handleMap = UniffiHandleMap<CallbackInterface>()\n\
                    internal val handleMap = UniffiHandleMap<LogSink>()\
                    .also { uniffiCallbackInterfaceLogSink.register(UniffiLib) }\n";
        assert_eq!(with_late_registration(code), late);
    }

    #[test]
    fn a_header_escapes_no_names() {
        let header = "// of `uniffi`\nMethod0 _Nonnull `open`;\n";
        assert_eq!(without_escapes(header), "// of `uniffi`\nMethod0 _Nonnull open;\n");
    }
}
