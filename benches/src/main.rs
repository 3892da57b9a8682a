//! The figures that the library is judged by. `cargo xtask bench` builds what is measured and runs this.
//!
//! One table: figure, goal, measured, whether the goal is met. Times depend on the machine and on what else
//! it does; ratios within one run and numbers of requests do not.
#![allow(clippy::print_stdout, reason = "a measurement is printed")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement that cannot be made ends the program"
)]

mod cold_start;
mod flow;
mod languages;
mod load;
mod local;
mod memory;
mod remote;
mod report;
mod round_trips;
mod size;

use std::process::ExitCode;

use report::Report;

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Some figures are about a process of its own; it is this program again.
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["memory", rest @ ..] => return memory::in_child(rest).map(|()| ExitCode::SUCCESS),
        ["load", library] => return load::in_child(library).map(|()| ExitCode::SUCCESS),
        [] => {}
        _ => anyhow::bail!("start it by `cargo xtask bench`"),
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let mut report = Report::default();
    runtime.block_on(async {
        local::measure(&mut report).await;
        remote::measure(&mut report).await;
        cold_start::measure(&mut report).await;
        round_trips::measure(&mut report).await;
        flow::measure(&mut report).await;
        memory::measure(&mut report).await?;
        languages::measure(&mut report).await
    })?;
    load::measure(&mut report)?;
    size::measure(&mut report)?;
    println!("\n{report}");
    Ok(if report.is_broken() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
