//! What Kotlin and Swift add. Their own programs measure and leave a line of JSON below `target/bench/`.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::Value;
use stepup_test_support::World;

use crate::{remote::median, report::Report};

struct Language {
    name: &'static str,
    file: &'static str,
    local_goal: f64,
    asynchronous_goal: f64,
}

const LANGUAGES: [Language; 2] = [
    Language { name: "Kotlin", file: "kotlin.json", local_goal: 15.0, asynchronous_goal: 60.0 },
    Language { name: "Swift", file: "swift.json", local_goal: 1.0, asynchronous_goal: 30.0 },
];

/// `{"localMicros": …, "asyncMicros": …, "listenerMicros": …}`: one `hasElevatedAccessToken`; the median of
/// `session()`, which enters the runtime and asks nobody; the median from a flow's call to its listener.
/// Kotlin adds `firstClientMillis`: from the beginning of `main` to the first answer of a client;
/// `sharedFirstClientMillis`: the same where the JVM has an archive of the classes; and
/// `firstFunctionMillis`: the same for one function of the C library, bound by JNA.
pub(crate) async fn measure(report: &mut Report) -> anyhow::Result<()> {
    let in_rust = asynchronous_call().await;
    for Language { name, file, local_goal, asynchronous_goal } in LANGUAGES {
        let local = format!("{name}: local `hasElevatedAccessToken`");
        let asynchronous = format!("{name}: asynchronous call over the Rust call, median");
        let goals = (format!("≤ {local_goal} µs"), format!("≤ {asynchronous_goal} µs"));
        let Ok(text) = fs::read_to_string(Path::new("target/bench").join(file)) else {
            report.not_measured(&local, &goals.0, "its program did not run");
            report.not_measured(&asynchronous, &goals.1, "its program did not run");
            continue;
        };
        let measured: Value = serde_json::from_str(&text)?;
        let micros = |field: &str| measured[field].as_f64().unwrap_or(f64::INFINITY);
        let local_micros = micros("localMicros");
        report.goal(&local, &goals.0, format!("{local_micros:.2} µs"), local_micros <= local_goal);
        let rust_micros = in_rust.as_secs_f64() * 1e6;
        let added = micros("asyncMicros") - rust_micros;
        let text = format!("{added:.1} µs ({:.1} − {rust_micros:.1} µs)", micros("asyncMicros"));
        report.goal(&asynchronous, &goals.1, text, added <= asynchronous_goal);
        let told = format!("flow: state change to listener, median, in {name}");
        match measured["listenerMicros"].as_f64() {
            Some(micros) => report.note(&told, format!("{micros:.1} µs")),
            None => report.not_measured(&told, "–", "its program has not measured it"),
        }
        if let Some(millis) = measured["firstClientMillis"].as_f64() {
            let first = format!("{name}: classes loaded and first client made in a fresh process, median");
            report.goal(&first, "≤ 150 ms", format!("{millis:.0} ms"), millis <= 150.0);
        }
        if let Some(millis) = measured["sharedFirstClientMillis"].as_f64() {
            let shared = format!("{name}: the same with class-data sharing (`-XX:SharedArchiveFile`)");
            report.goal(&shared, "≤ 150 ms", format!("{millis:.0} ms"), millis <= 150.0);
        }
        if let Some(millis) = measured["firstFunctionMillis"].as_f64() {
            let jna = format!("{name}: JNA and one function of the C library in a fresh process, median");
            report.note(&jna, format!("{millis:.0} ms"));
        }
    }
    Ok(())
}

async fn asynchronous_call() -> Duration {
    let world = World::new().await;
    world.sign_in().await;
    let mut times = Vec::new();
    for _ in 0..5_000 {
        let started = Instant::now();
        assert!(world.client.auth().session(None).await.unwrap().is_some());
        times.push(started.elapsed());
    }
    median(times)
}
