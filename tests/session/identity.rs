//! One live client per identity in a process (I23).

use std::sync::Arc;

use stepup_core::{ClientConfig, ErrorKind, StepUpClient, StepUpError};
use stepup_test_support::{World, eventually};

use crate::helpers::{OTHER, user_id};

fn open(world: &World, config: ClientConfig) -> Result<Arc<StepUpClient>, StepUpError> {
    StepUpClient::with_clock(config, world.platform(), world.clock.shared())
}

fn assert_already_open(world: &World, config: ClientConfig) {
    let error = open(world, config).err().unwrap();
    assert_eq!((&error, error.kind()), (&StepUpError::AlreadyOpen, ErrorKind::FixConfiguration));
}

#[tokio::test]
async fn i23_fault_27_a_second_client_with_the_same_identity_is_refused() {
    let world = World::new().await;
    let user = world.sign_in().await.user.id;
    assert_already_open(&world, world.config());
    // Other ways to write the same identity.
    let environment_id = world.config().environment_id.to_uppercase();
    assert_already_open(&world, ClientConfig { environment_id, ..world.config() });
    let base_url = world.config().base_url.map(|url| format!("{url}/"));
    assert_already_open(&world, ClientConfig { base_url, ..world.config() });
    let storage_namespace = Some("default".into());
    assert_already_open(&world, ClientConfig { storage_namespace, ..world.config() });
    // The first one goes on as if nothing had been.
    assert_eq!(user_id(&world).await, Some(user));
    world.client.auth().refresh(None).await.unwrap();
}

#[tokio::test]
async fn i23_a_shutdown_frees_the_identity_once() {
    let mut world = World::new().await;
    let first = Arc::clone(&world.client);
    first.shutdown();
    world.client = world.open().unwrap();
    // Neither a second shutdown nor the last drop of the first one frees the place of the second.
    first.shutdown();
    drop(first);
    assert_already_open(&world, world.config());
    world.sign_in().await;
}

#[tokio::test]
async fn i23_the_last_drop_frees_the_identity() {
    let mut world = World::new().await;
    let user = world.sign_in().await.user.id;
    let other = World::new().await;
    // What is held of a client keeps it alive.
    let auth = world.client.auth();
    let config = world.config();
    world.client = Arc::clone(&other.client);
    assert_already_open(&world, config.clone());
    assert_eq!(auth.session(None).await.unwrap().unwrap().user.id, user);
    drop(auth);
    let mut second = None;
    eventually("the place is free", || {
        second = open(&world, config.clone()).ok();
        second.is_some()
    })
    .await;
    assert_eq!(second.unwrap().auth().session(None).await.unwrap().unwrap().user.id, user);
}

#[tokio::test]
async fn i23_a_client_that_could_not_be_made_takes_no_place() {
    let world = World::new().await;
    world.client.shutdown();
    let client_version = Some("no\nheader".to_owned());
    let error = open(&world, ClientConfig { client_version, ..world.config() }).err().unwrap();
    assert!(matches!(&error, StepUpError::InvalidConfiguration { field, .. } if field == "client_version"));
    open(&world, world.config()).unwrap();
}

#[tokio::test]
async fn i23_two_namespaces_on_one_storage_know_nothing_of_each_other() {
    let mut world = World::new().await;
    let first = world.sign_in().await.user.id;
    let storage_namespace = Some("work".to_owned());
    let second = open(&world, ClientConfig { storage_namespace, ..world.config() }).unwrap();
    assert_eq!(second.auth().session(None).await, Ok(None));
    let first_client = std::mem::replace(&mut world.client, second);
    let other = world.sign_in_as(OTHER).await.user.id;
    assert_ne!(first, other);
    let keys: Vec<_> = world.storage.records().into_keys().collect();
    assert_eq!(keys.len(), 2, "{keys:?}");
    let environment = world.config().environment_id;
    assert!(keys.iter().all(|key| key.contains(&environment)), "{keys:?}");
    // Keys too: each namespace has a device key and a session key of its own.
    assert_eq!(world.keys.count("generate"), 4);
    world.client.auth().logout(None).await.unwrap();
    assert_eq!(first_client.auth().session(None).await.unwrap().unwrap().user.id, first);
    first_client.auth().refresh(None).await.unwrap();
    assert_eq!(world.storage.records().len(), 1);
}
