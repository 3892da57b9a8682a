//! Before the first call that needs something nothing is begun (I21).

use std::{env, fs, process::Command};

use stepup_core::{ClientConfig, Platform, StepUpClient};
use stepup_test_support::World;

use crate::helpers::{requests, subscribe, subscribe_elevations, subscribe_state};

#[tokio::test]
async fn i21_observing_and_coming_to_the_foreground_read_and_send_nothing() {
    let mut world = World::new().await;
    world.sign_in().await;
    world.restart();
    world.advance(7_000);
    let before = (world.storage.calls().len(), world.keys.calls().len(), requests(&world));
    world.client.set_foreground(true);
    let ((session, _first), (elevations, _second)) = (subscribe(&world), subscribe_elevations(&world));
    let (state, _third) = subscribe_state(&world);
    world.client.set_foreground(false);
    world.client.set_foreground(true);
    session.was_told(&[None]).await;
    elevations.was_told(&[vec![]]).await;
    state.was_told_times(1).await;
    assert_eq!(world.client.step_up().elevations(), []);
    // Longer than what could have been begun would take: another client does all of it meanwhile.
    World::new().await.sign_in().await;
    assert_eq!((world.storage.calls().len(), world.keys.calls().len(), requests(&world)), before);
    assert_eq!(world.clock.timers_begun(), 0);
    assert_eq!((session.told().len(), elevations.told().len(), state.told().len()), (1, 1, 1));
}

const ALONE: &str = "STEPUP_TEST_ALONE";

/// In a process of its own: other tests have started the library's threads.
#[test]
#[cfg(target_os = "linux")]
fn i21_the_foreground_and_what_is_answered_at_once_start_no_thread() {
    let name = "idle::i21_the_foreground_and_what_is_answered_at_once_start_no_thread";
    if env::var_os(ALONE).is_none() {
        let mut alone = Command::new(env::current_exe().unwrap());
        let status = alone.args(["--exact", name, "--test-threads=1"]).env(ALONE, "1").status().unwrap();
        assert!(status.success(), "in a process of its own");
        return;
    }
    let config = ClientConfig::new("2762a57b-faa4-41ce-9f16-abff9300e2c9");
    let client = StepUpClient::new(config, Platform::insecure_in_memory()).unwrap();
    client.set_foreground(true);
    client.set_foreground(false);
    client.set_foreground(true);
    assert!(client.step_up().elevations().is_empty());
    assert!(!client.step_up().state().is_loading);
    client.step_up().reset();
    assert_eq!(threads_of_the_library(), 0);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(client.restore(None)).unwrap();
    assert_ne!(threads_of_the_library(), 0, "this is how they are counted");
}

fn threads_of_the_library() -> usize {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    let names = tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names.filter(|name| name.trim() == "stepup").count()
}
