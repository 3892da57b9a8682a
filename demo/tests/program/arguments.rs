//! The command line.

use super::support::{Demo, Ended};

const ENVIRONMENT: &str = "7b0f3a52-6f0e-4c0c-9b1a-52a5f0f6a001";

async fn refused(arguments: &[&str], reason: &str) {
    let Ended { code, output, errors } = Demo::start(arguments).end().await;
    assert_eq!((code, output.as_str()), (Some(2), ""), "{arguments:?}: {errors}");
    assert!(errors.contains(reason), "{arguments:?}: {errors}");
}

#[tokio::test]
async fn what_cannot_be_understood_is_refused_by_name() {
    refused(&["--fast"], "--fast").await;
    refused(&["now"], "now").await;
    refused(&["--environment"], "--environment <ID>").await;
    refused(&["--base-url", "https://auth.example/api/v0"], "--environment <ID>").await;
    refused(&["--origin", "https://app.example"], "--environment <ID>").await;
}

#[tokio::test]
async fn what_the_core_refuses_is_told_by_the_flag() {
    refused(&["--environment", "production"], "--environment must be a UUID").await;
    let http = ["--environment", ENVIRONMENT, "--base-url", "http://auth.example"];
    refused(&http, "--base-url must be https").await;
    let path = ["--environment", ENVIRONMENT, "--origin", "https://app.example/path"];
    refused(&path, "--origin must be an origin").await;
}

#[tokio::test]
async fn help_names_the_command_and_its_flags() {
    let Ended { code, output, .. } = Demo::start(&["--help"]).end().await;
    assert_eq!(code, Some(0));
    for part in
        ["cargo xtask demo", "--interactive", "--environment <ID>", "--base-url <URL>", "--origin <URL>"]
    {
        assert!(output.contains(part), "`{part}` is missing in\n{output}");
    }
}
