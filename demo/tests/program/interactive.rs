//! A person types.

use super::support::Demo;

const CODE: &str = "Code from the message (Enter: the demo types it): ";
const TOTP: &str = "Code of the authenticator app (Enter: the demo types it): ";
const CHOICE: &str = "Which one? (Enter: passkey): ";

/// The code in the mail that is shown before the question.
async fn mailed_code(demo: &mut Demo) -> String {
    demo.until("Your code is ").await;
    let code = demo.until(".\"").await;
    demo.until(CODE).await;
    code
}

/// Another code than this one.
fn wrong(code: &str) -> &'static str {
    if code == "111111" { "222222" } else { "111111" }
}

#[tokio::test]
async fn wrong_codes_can_be_corrected() {
    let mut demo = Demo::start(&["--interactive"]);
    let code = mailed_code(&mut demo).await;
    demo.answer(wrong(&code)).await;
    demo.until("refused: wrong or used").await;
    demo.until(CODE).await;
    demo.answer("12").await;
    demo.until("refused: it cannot be a code").await;
    demo.until(CODE).await;
    demo.answer(&code).await;
    demo.until("✓ the session is Ada's").await;

    demo.until(TOTP).await;
    demo.answer("none").await;
    demo.until("refused: it cannot be a code").await;
    demo.until(TOTP).await;
    demo.answer("").await;

    // The authenticator app instead of the default.
    demo.until(CHOICE).await;
    demo.answer("4").await;
    demo.until("A number from 1 to 3.").await;
    demo.until(CHOICE).await;
    demo.answer("2").await;
    demo.until(TOTP).await;
    demo.answer("").await;
    demo.until("✓ wallet:export is granted").await;

    demo.until(TOTP).await;
    demo.answer("").await;
    demo.until("✓ credential:unlink is granted").await;

    let code = mailed_code(&mut demo).await;
    demo.answer(wrong(&code)).await;
    demo.until("refused: wrong or used").await;
    demo.until(CODE).await;
    demo.answer(&code).await;
    demo.until("✓ a link works once").await;
    let ended = demo.end().await;
    assert_eq!(ended.code, Some(0), "{}", ended.output);
    assert!(ended.output.contains("checks are as told") && !ended.output.contains("eyJ"), "{}", ended.output);
}

#[tokio::test]
async fn a_code_that_was_guessed_at_too_often_is_replaced() {
    let mut demo = Demo::start(&["--interactive"]);
    let code = mailed_code(&mut demo).await;
    loop {
        demo.answer(wrong(&code)).await;
        demo.until("refused: ").await;
        if demo.until("\n").await.starts_with("too many attempts") {
            break;
        }
        demo.until(CODE).await;
    }
    demo.until("another one is sent").await;
    let code = mailed_code(&mut demo).await;
    demo.answer(&code).await;
    demo.until("✓ the session is Ada's").await;
}

#[tokio::test]
async fn standard_input_that_ends_ends_the_story() {
    let mut demo = Demo::start(&["--interactive"]);
    demo.until(CODE).await;
    demo.hang_up();
    let ended = demo.end().await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.output.contains("not as told") && ended.output.contains("standard input ended"));
}

#[cfg(unix)]
#[tokio::test]
async fn ctrl_c_ends_it_while_it_waits_for_an_answer() {
    let mut demo = Demo::start(&["--interactive"]);
    demo.until(CODE).await;
    demo.interrupt().await;
    let ended = demo.end().await;
    assert_eq!(ended.code, Some(130));
    assert!(ended.output.ends_with("Ended by Ctrl-C.\n\n"), "{}", ended.output);
    assert_eq!(ended.errors, "");
}
