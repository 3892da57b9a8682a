//! The story that the program plays by itself.

use super::support::{Demo, Ended};

const CHAPTERS: [&str; 8] = [
    "1. Sign in by e-mail code",
    "2. Link an authenticator app and a passkey",
    "3. Check: does exporting the wallet need a step-up?",
    "4. Verify: the user proves who she is",
    "5. Proceed: the app's backend exports the wallet, once",
    "6. Unlink a factor: the core attaches the token by itself",
    "7. Devices: a second phone is registered and revoked",
    "8. Sign out: nothing of the session stays",
];

async fn played() -> Ended {
    Demo::start(&[]).end().await
}

#[tokio::test]
async fn every_chapter_is_told_and_every_check_holds() {
    let Ended { code, output, errors } = played().await;
    assert_eq!((code, errors.as_str()), (Some(0), ""), "{output}");
    let mut rest = output.as_str();
    for chapter in CHAPTERS {
        rest = rest.split_once(chapter).unwrap_or_else(|| panic!("`{chapter}` is missing in\n{output}")).1;
    }
    assert!(rest.contains("All 35 checks are as told"), "{rest}");
    assert!(!output.contains("left out"), "{output}");
}

#[tokio::test]
async fn no_token_is_shown() {
    let output = played().await.output;
    // Every JSON Web Token begins like this.
    assert!(!output.contains("eyJ"), "{output}");
    assert!(!output.contains("Bearer"), "{output}");
}

#[tokio::test]
async fn it_fits_a_terminal_of_80_columns_and_has_no_colours_in_a_pipe() {
    let output = played().await.output;
    let too_long: Vec<&str> = output.lines().filter(|line| line.chars().count() > 80).collect();
    assert_eq!(too_long, [""; 0]);
    assert!(!output.contains('\x1b'));
}

#[tokio::test]
async fn two_runs_tell_the_same_but_for_what_is_drawn_by_lot() {
    let (first, second) = (played().await.output, played().await.output);
    assert_eq!(without_chance(&first), without_chance(&second));
}

/// Ids, codes, ports, the secret in the QR code and the seconds differ.
fn without_chance(output: &str) -> Vec<String> {
    let told = output.lines().filter(|line| !line.contains(['█', '▀', '▄']));
    told.map(|line| line.chars().filter(|symbol| !symbol.is_ascii_hexdigit()).collect()).collect()
}

#[tokio::test]
async fn a_camera_can_read_the_qr_code() {
    let output = played().await.output;
    let rows: Vec<Vec<char>> = output
        .lines()
        .filter(|line| line.contains(['█', '▀', '▄']))
        .map(|line| line.trim_start().chars().collect())
        .collect();
    // On a dark terminal ink is light. A module is drawn four pixels wide.
    let is_light = |x: usize, y: usize| match rows[y / 2].get(x) {
        Some('█') => true,
        Some('▀') => y.is_multiple_of(2),
        Some('▄') => !y.is_multiple_of(2),
        _ => false,
    };
    let (width, height) = (rows[0].len(), rows.len() * 2);
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width * 4, height * 4, |x, y| {
        if is_light(x / 4, y / 4) { 255 } else { 0 }
    });
    let codes = image.detect_grids();
    assert_eq!(codes.len(), 1);
    let (_, text) = codes[0].decode().unwrap();
    assert!(text.starts_with("otpauth://totp/") && text.contains("secret="), "{text}");
}
