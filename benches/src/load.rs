//! Loading the library, as a JVM or an app does.
#![allow(unsafe_code, reason = "loading a library runs its initialisers")]

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use libloading::{Library, Symbol};

use crate::{remote::median, report::Report, size};

const FIGURE: &str = "load of the library in a fresh process, median";
const GOAL: &str = "≤ 20 ms";

pub(crate) fn measure(report: &mut Report) -> anyhow::Result<()> {
    let library = size::stripped_library()?;
    let program = std::env::current_exe()?;
    let mut times = Vec::new();
    for _ in 0..9 {
        let child = Command::new(&program).arg("load").arg(&library).output()?;
        anyhow::ensure!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
        times.push(Duration::from_micros(String::from_utf8(child.stdout)?.trim().parse()?));
    }
    let time = median(times);
    let measured = format!("{:.2} ms", time.as_secs_f64() * 1e3);
    report.goal(FIGURE, GOAL, measured, time <= Duration::from_millis(20));
    Ok(())
}

pub(crate) fn in_child(library: &str) -> anyhow::Result<()> {
    let started = Instant::now();
    // SAFETY: the library is ours; its initialisers do nothing but register themselves.
    let library = unsafe { Library::new(Path::new(library)) }?;
    // SAFETY: every UniFFI library exports this function with this signature.
    let version: Symbol<'_, extern "C" fn() -> u32> =
        unsafe { library.get("ffi_stepup_core_uniffi_contract_version") }?;
    anyhow::ensure!(version() > 0, "the library answers");
    println!("{}", started.elapsed().as_micros());
    Ok(())
}
