//! What a client adds to its process, measured in a process that does nothing else.

use std::{collections::HashMap, process::Command, sync::Arc};

use anyhow::Context;
use stepup_core::{
    ClientConfig, DeviceKeys, InMemoryStorage, Platform, SecureStorage, SoftwareKeys, StepUpClient,
    TokenScope,
};
use stepup_test_support::World;

use crate::report::Report;

const GOAL_KIB: i64 = 6 * 1_024;

pub(crate) async fn measure(report: &mut Report) -> anyhow::Result<()> {
    let world = World::new().await;
    world.sign_in().await;
    let (key, envelope) = world.storage.records().into_iter().next().context("a session is stored")?;
    let program = std::env::current_exe()?;
    let (base_url, environment) = (world.sandbox.base_url(), world.sandbox.environment_id().to_string());
    let envelope = String::from_utf8(envelope)?;
    let arguments = ["memory".to_owned(), base_url, environment, key, envelope];
    let child = tokio::task::spawn_blocking(move || Command::new(program).args(arguments).output()).await??;
    let text = String::from_utf8(child.stdout)?;
    anyhow::ensure!(child.status.success(), "{text}{}", String::from_utf8_lossy(&child.stderr));
    let figures: Vec<i64> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    let [rss, anonymous] = figures[..] else { anyhow::bail!("unexpected output: {text}") };
    report.goal(
        "RSS added by a client after its first check (of it anonymous: heap and stacks)",
        "≤ 6 MiB RSS",
        format!("{} KiB ({} KiB)", rss, anonymous),
        rss <= GOAL_KIB,
    );
    Ok(())
}

pub(crate) fn in_child(arguments: &[&str]) -> anyhow::Result<()> {
    let [base_url, environment, key, envelope] = arguments else { anyhow::bail!("four arguments") };
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let before = status()?;
    let (storage, keys) = (InMemoryStorage::default(), SoftwareKeys::default());
    let config = ClientConfig {
        base_url: Some((*base_url).into()),
        allow_insecure_loopback: true,
        ..ClientConfig::new(*environment)
    };
    let check = runtime.block_on(async {
        storage.put((*key).into(), envelope.as_bytes().to_vec()).await?;
        // The session's record and key have the same name.
        keys.generate((*key).into()).await?;
        let client = StepUpClient::new(config, Platform::new(Arc::new(storage), Arc::new(keys)))?;
        let check = client.step_up().check(TokenScope::WALLET_EXPORT, None).await?;
        anyhow::ensure!(check.is_confirmed, "the server was not asked: {:?}", check.reason);
        Ok((client, check))
    })?;
    let after = status()?;
    println!("{} {}", after["VmRSS"] - before["VmRSS"], after["RssAnon"] - before["RssAnon"]);
    drop(check);
    Ok(())
}

/// `/proc/self/status`, in KiB.
fn status() -> anyhow::Result<HashMap<String, i64>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let fields = status.lines().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_owned(), value.trim().strip_suffix(" kB")?.parse().ok()?))
    });
    Ok(fields.collect())
}
