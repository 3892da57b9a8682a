//! `cargo xtask sample android | ios`: what running a sample app takes, and what of it runs on this machine.

use std::process::{Command as Process, ExitCode, Stdio};

use anyhow::bail;

use crate::{Command, test};

pub(crate) const COMMAND: Command =
    Command { name: "sample", about: "what a sample app needs, and its tests: android | ios", run };

/// Serves both apps, on the port that they have as their default.
const SANDBOX: &str = "cargo run -p stepup-sandbox -- --listen 127.0.0.1:4040";

/// A sample app.
struct Sample {
    name: &'static str,
    needs: &'static [Need],
    /// How it is run on a phone or what plays one, in order.
    steps: &'static [&'static str],
    /// The suite with what runs without one.
    suite: &'static str,
}

/// What a sample needs to run as users see it.
struct Need {
    what: &'static str,
    from: &'static str,
    sign: Sign,
}

/// By what one sees that something is there.
enum Sign {
    /// A program that answers to this argument.
    Program(&'static str, &'static str),
    /// A variable of the environment.
    Variable(&'static str),
}

const ANDROID: Sample = Sample {
    name: "android",
    needs: &[
        Need { what: "a JDK, 17 or later", from: "adoptium.net", sign: Sign::Program("java", "-version") },
        Need {
            what: "the Android SDK, named by ANDROID_HOME",
            from: "Android Studio",
            sign: Sign::Variable("ANDROID_HOME"),
        },
        Need {
            what: "its NDK, r29 or later, named by ANDROID_NDK_HOME",
            from: "the SDK manager of Android Studio",
            sign: Sign::Variable("ANDROID_NDK_HOME"),
        },
        Need {
            what: "adb, and an emulator or a phone",
            from: "Android Studio",
            sign: Sign::Program("adb", "version"),
        },
    ],
    steps: &[
        "cargo xtask package android",
        SANDBOX,
        "adb reverse tcp:4040 tcp:4040",
        "open android-sample in Android Studio and run `app`",
    ],
    suite: "android",
};

const IOS: Sample = Sample {
    name: "ios",
    needs: &[
        Need {
            what: "macOS with Xcode 16 or later",
            from: "the App Store",
            sign: Sign::Program("xcodebuild", "-version"),
        },
        Need {
            what: "rustup, for the simulator's target",
            from: "rustup.rs",
            sign: Sign::Program("rustup", "--version"),
        },
    ],
    steps: &[
        "rustup target add aarch64-apple-ios-sim",
        "cargo rustc -p stepup-core --lib --crate-type staticlib --target aarch64-apple-ios-sim",
        SANDBOX,
        "open ios-sample/StepUpSample.xcodeproj and run `StepUpSample` on a simulator",
    ],
    suite: "apple",
};

const SAMPLES: [&Sample; 2] = [&ANDROID, &IOS];

fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let chosen = SAMPLES.iter().find(|sample| arguments == [sample.name]);
    let Some(sample) = chosen else { bail!("which sample? there are android and ios") };
    print!("{}", described(sample, |need| is_there(&need.sign)));
    (test::COMMAND.run)(&["--only".to_owned(), sample.suite.to_owned()])
}

fn described(sample: &Sample, is_there: impl Fn(&Need) -> bool) -> String {
    let mut text = String::from("On a phone, or what plays one, it needs:\n");
    for need in sample.needs {
        let found = if is_there(need) { "found".to_owned() } else { format!("missing: {}", need.from) };
        text.push_str(&format!("  {}: {found}\n", need.what));
    }
    text.push_str("and is run so, the sandbox in a terminal of its own:\n");
    for step in sample.steps {
        text.push_str(&format!("  {step}\n"));
    }
    text.push_str("What runs without one comes now.\n");
    text
}

fn is_there(sign: &Sign) -> bool {
    match sign {
        Sign::Variable(name) => std::env::var_os(name).is_some_and(|value| !value.is_empty()),
        Sign::Program(name, argument) => {
            let mut program = Process::new(name);
            program.arg(argument).stdout(Stdio::null()).stderr(Stdio::null());
            program.status().is_ok_and(|status| status.success())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_told_with_where_it_comes_from() {
        let text = described(&ANDROID, |need| need.what.starts_with("a JDK"));
        assert!(text.contains("a JDK, 17 or later: found\n"), "{text}");
        assert!(
            text.contains("its NDK, r29 or later, named by ANDROID_NDK_HOME: missing: the SDK"),
            "{text}"
        );
        assert!(text.contains("  adb reverse tcp:4040 tcp:4040\n"), "{text}");
    }

    #[test]
    fn programs_and_variables_are_looked_for() {
        assert!(is_there(&Sign::Program("cargo", "--version")));
        assert!(!is_there(&Sign::Program("no-such-program", "--version")));
        assert!(!is_there(&Sign::Program("cargo", "--no-such-argument")));
        assert!(is_there(&Sign::Variable("PATH")) && !is_there(&Sign::Variable("NO_SUCH_VARIABLE")));
    }

    #[test]
    fn what_runs_without_a_phone_is_a_suite() {
        for sample in SAMPLES {
            assert!(test::suite_name(sample.suite).is_ok(), "{}", sample.suite);
        }
    }

    #[test]
    fn another_sample_is_refused_and_the_known_ones_are_named() {
        for arguments in [vec![], vec!["windows".to_owned()], vec!["ios".to_owned(), "now".to_owned()]] {
            assert!(run(&arguments).unwrap_err().to_string().contains("there are android and ios"));
        }
    }
}
