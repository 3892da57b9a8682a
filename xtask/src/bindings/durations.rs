//! Lengths of time in the generated Swift.

use anyhow::{Context, ensure};

/// The generator's own conversion, up to its end.
const START: &str = "fileprivate struct FfiConverterDuration";
const END: &str = "\n}\n";

const CONVERTER: &str = "\
fileprivate struct FfiConverterDuration: FfiConverterRustBuffer {
    typealias SwiftType = Duration

    public static func read(from buf: inout (data: Data, offset: Data.Index)) throws -> Duration {
        let seconds: UInt64 = try readInt(&buf)
        let nanoseconds: UInt32 = try readInt(&buf)
        return .seconds(Int64(clamping: seconds)) + .nanoseconds(Int64(nanoseconds))
    }

    public static func write(_ value: Duration, into buf: inout [UInt8]) {
        // There are none below zero in Rust, and zero is refused with an error where it makes no sense.
        let (seconds, attoseconds) = max(value, .zero).components
        writeInt(&buf, UInt64(seconds))
        writeInt(&buf, UInt32(attoseconds / 1_000_000_000))
    }
}
";

/// The generator knows seconds (`TimeInterval`) only, and ends the process on negative ones.
pub(super) fn with_durations(code: &str) -> anyhow::Result<String> {
    let (before, rest) = code.split_once(START).context("the generator converts durations elsewhere")?;
    let (_, after) = rest.split_once(END).context("the conversion of durations has no end")?;
    let [before, after] = [before, after].map(|part| {
        let typed = |text: String, mark: &str| {
            text.replace(&format!("{mark} TimeInterval"), &format!("{mark} Duration"))
        };
        [":", "->", "="].into_iter().fold(part.to_owned(), typed)
    });
    let changed = format!("{before}{CONVERTER}{after}");
    ensure!(!changed.contains(" TimeInterval?"), "a duration is still in seconds");
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_have_a_type_of_their_own() {
        let code = format!("{START} {{\n  -> TimeInterval {{\n    }}{END}let a: TimeInterval? = nil\n");
        assert_eq!(with_durations(&code).unwrap(), format!("{CONVERTER}let a: Duration? = nil\n"));
    }

    #[test]
    fn what_the_generator_has_changed_is_not_passed_over() {
        assert!(with_durations("let a: TimeInterval? = nil\n").is_err());
        assert!(with_durations(&format!("{START} {{\n    }}{END}(TimeInterval, TimeInterval?)\n")).is_err());
    }
}
