//! What a `User-Agent` (RFC 9110 §10.1.5) tells about a device. The text comes from that device, so nothing
//! in it is believed or shown beyond a name.

use super::registered_devices::RegisteredDeviceKind;

const UNKNOWN: &str = "Unknown device";
const LONGEST_NAME: usize = 60;

/// How this library names itself: `StepUp/1.2.3 (Pixel 9; Android 16)`.
const OWN_PRODUCT: &str = "StepUp/";

/// A whole word, what it stands for, and what kind of device that is. The first that occurs decides: phones
/// also claim to be like the desktop.
const SYSTEMS: [(&str, &str, RegisteredDeviceKind); 13] = [
    ("iPhone", "iPhone", RegisteredDeviceKind::Mobile),
    ("iPad", "iPad", RegisteredDeviceKind::Mobile),
    ("iPod", "iPod", RegisteredDeviceKind::Mobile),
    ("Android", "Android", RegisteredDeviceKind::Mobile),
    ("iOS", "iPhone", RegisteredDeviceKind::Mobile),
    ("iPadOS", "iPad", RegisteredDeviceKind::Mobile),
    ("okhttp", "Android", RegisteredDeviceKind::Mobile),
    ("Windows", "Windows", RegisteredDeviceKind::Desktop),
    ("CrOS", "ChromeOS", RegisteredDeviceKind::Desktop),
    ("Macintosh", "Mac", RegisteredDeviceKind::Desktop),
    ("macOS", "Mac", RegisteredDeviceKind::Desktop),
    ("Linux", "Linux", RegisteredDeviceKind::Desktop),
    // Phones, tablets and computers alike.
    ("CFNetwork", "Apple device", RegisteredDeviceKind::Unknown),
];

/// A product, and the program it stands for. The first that occurs decides: browsers also claim to be those
/// that they descend from.
const PROGRAMS: [(&str, &str); 17] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("Vivaldi/", "Vivaldi"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("okhttp/", "App"),
    ("Dart/", "App"),
    ("Dalvik/", "App"),
];

/// A name that can be shown, and the kind of device.
pub(super) fn describe(agent: Option<&str>) -> (String, RegisteredDeviceKind) {
    let agent: String = agent.unwrap_or_default().chars().filter(|character| is_shown(*character)).collect();
    let system = SYSTEMS.iter().find(|(word, ..)| has_word(&agent, word));
    let kind = system.map_or(RegisteredDeviceKind::Unknown, |(.., kind)| *kind);
    let name = if agent.starts_with(OWN_PRODUCT) {
        own_name(&agent)
    } else {
        foreign_name(&agent, system.map(|(_, name, _)| *name))
    };
    let name: String = name.as_deref().unwrap_or(UNKNOWN).chars().take(LONGEST_NAME).collect();
    (name.trim().to_owned(), kind)
}

/// Without what would change how the text around it is shown.
fn is_shown(character: char) -> bool {
    !character.is_control()
        && !matches!(
            character,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}

fn has_word(agent: &str, word: &str) -> bool {
    agent.split(|character: char| !character.is_alphanumeric()).any(|part| part == word)
}

/// The parts of the first comment: `a` and `b` of `Product/1 (a; b)`.
fn comment(agent: &str) -> impl Iterator<Item = &str> {
    let inside = agent.split_once('(').map_or("", |(_, rest)| rest);
    let inside = inside.split_once(')').map_or(inside, |(inside, _)| inside);
    inside.split(';').map(str::trim).filter(|part| !part.is_empty())
}

/// `Pixel 9 (Android 16)`.
fn own_name(agent: &str) -> Option<String> {
    let mut parts = comment(agent);
    let device = parts.next()?;
    let rest: Vec<_> = parts.collect();
    Some(if rest.is_empty() { device.to_owned() } else { format!("{device} ({})", rest.join(", ")) })
}

/// `Chrome on Android (Pixel 7)`, or as much of that as can be told.
fn foreign_name(agent: &str, system: Option<&str>) -> Option<String> {
    let program = PROGRAMS.iter().find(|(product, _)| agent.contains(product)).map(|(_, name)| *name);
    let app = app_name(agent);
    let program = app.as_deref().or(program);
    let system = system.map(|system| match android_model(agent) {
        Some(model) => format!("{system} ({model})"),
        None => system.to_owned(),
    });
    match (program, system) {
        (Some(program), Some(system)) => Some(format!("{program} on {system}")),
        (None, system) => system,
        (Some(program), None) => Some(program.to_owned()),
    }
}

/// An app that uses Apple's networking names itself first: `My%20App/12 CFNetwork/1494 Darwin/23.4.0`.
fn app_name(agent: &str) -> Option<String> {
    let (name, rest) = agent.split_once('/').filter(|_| has_word(agent, "CFNetwork"))?;
    let name = name.replace("%20", " ");
    (!name.trim().is_empty() && rest.contains("CFNetwork/")).then(|| name.trim().to_owned())
}

/// The model behind the system's version: `(Linux; Android 14; Pixel 7 Build/UQ1A.240105.004)`. Browsers that
/// keep it to themselves say `K`.
fn android_model(agent: &str) -> Option<&str> {
    let mut parts = comment(agent).skip_while(|part| !part.starts_with("Android"));
    let model = parts.nth(1)?;
    let model = model.split_once(" Build/").map_or(model, |(model, _)| model).trim();
    let is_model = !matches!(model, "K" | "Mobile" | "Tablet" | "wv" | "") && !model.starts_with("rv:");
    is_model.then_some(model)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{RegisteredDeviceKind::*, *};

    #[test]
    fn devices_of_this_library_are_told_by_their_name() {
        let cases = [
            ("StepUp/0.1.0 (Pixel 9; Android 16)", "Pixel 9 (Android 16)", Mobile),
            ("StepUp/0.1.0 (iPhone 17 Pro; iOS 26.1)", "iPhone 17 Pro (iOS 26.1)", Mobile),
            ("StepUp/0.1.0 (MacBook Air; macOS 26)", "MacBook Air (macOS 26)", Desktop),
            ("StepUp/0.1.0 (Ada's phone)", "Ada's phone", Unknown),
            ("StepUp/0.1.0 (a; b; c)", "a (b, c)", Unknown),
            ("StepUp/0.1.0", "Unknown device", Unknown),
            ("StepUp/0.1.0 ( ; )", "Unknown device", Unknown),
        ];
        for (agent, name, kind) in cases {
            assert_eq!(describe(Some(agent)), (name.into(), kind), "{agent}");
        }
    }

    #[test]
    fn browsers_are_told_by_program_and_system() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        let cases = [
            (
                "(iPhone; CPU iPhone OS 17_4 like Mac OS X) … Version/17.4 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
                Mobile,
            ),
            (
                "(iPad; CPU OS 16_6 like Mac OS X) … CriOS/120.0 Mobile/15E148 Safari/604.1",
                "Chrome on iPad",
                Mobile,
            ),
            (
                "(Linux; Android 14; Pixel 7 Build/UQ1A; wv) … Version/4.0 Chrome/120 Mobile Safari/537",
                "Chrome on Android (Pixel 7)",
                Mobile,
            ),
            ("(Linux; Android 10; K) … Chrome/124.0.0.0 Mobile Safari/537.36", "Chrome on Android", Mobile),
            (
                "(Linux; Android 13; SM-S918B) … SamsungBrowser/23.0 Chrome/115.0 Mobile Safari/537.36",
                "Samsung Internet on Android (SM-S918B)",
                Mobile,
            ),
            ("(Android 14; Mobile; rv:125.0) Gecko/125.0 Firefox/125.0", "Firefox on Android", Mobile),
            (
                "(Windows NT 10.0; Win64; x64) … Chrome/124.0 Safari/537.36 Edg/124.0",
                "Edge on Windows",
                Desktop,
            ),
            ("(Macintosh; Intel Mac OS X 10_15_7) … Version/17.4 Safari/605.1.15", "Safari on Mac", Desktop),
            ("(X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0", "Firefox on Linux", Desktop),
            ("(X11; CrOS x86_64 14541.0.0) … Chrome/124.0 Safari/537.36", "Chrome on ChromeOS", Desktop),
        ];
        for (rest, name, kind) in cases {
            let agent = format!("Mozilla/5.0 {}", rest.replace('…', webkit));
            assert_eq!(describe(Some(&agent)), (name.into(), kind), "{agent}");
        }
    }

    #[test]
    fn apps_are_told_as_far_as_they_can_be() {
        let cases = [
            ("okhttp/4.12.0", "App on Android", Mobile),
            ("Dalvik/2.1.0 (Linux; U; Android 13; SM-G991B Build/TP1A)", "App on Android (SM-G991B)", Mobile),
            ("My%20App/12 CFNetwork/1494.0.7 Darwin/23.4.0", "My App on Apple device", Unknown),
            ("Dart/3.3 (dart:io)", "App", Unknown),
            ("MyApp/3.0 (iPhone; iOS 17.4; Scale/3.00)", "iPhone", Mobile),
        ];
        for (agent, name, kind) in cases {
            assert_eq!(describe(Some(agent)), (name.into(), kind), "{agent}");
        }
        for nothing in [None, Some(""), Some("  "), Some("curl/8.4.0"), Some("\u{202e}"), Some("()")] {
            assert_eq!(describe(nothing), ("Unknown device".into(), Unknown));
        }
    }

    #[test]
    fn a_name_cannot_disturb_the_list() {
        let agent = format!("StepUp/1 (\u{202e}Phone\n\u{0}; {})", "x".repeat(500));
        let (name, _) = describe(Some(&agent));
        assert!(name.starts_with("Phone (xxx") && name.chars().count() <= LONGEST_NAME, "{name}");
    }

    proptest! {
        #[test]
        fn any_text_gets_a_name(agent in ".*", comment in ".*") {
            let own = format!("StepUp/1 ({comment})");
            let browser = format!("Mozilla/5.0 ({comment}) Safari/1");
            for agent in [agent, own, browser] {
                let (name, _) = describe(Some(&agent));
                prop_assert!(!name.is_empty() && name.chars().all(is_shown));
            }
        }
    }
}
