//! Names of Rust in the doc comments of the generated sources.

use std::collections::BTreeSet;

/// What is written by hand in Kotlin or in Swift and has another name in the generated code, or none.
const BY_HAND: [&str; 2] = ["withStepUp", "pendingFlow"];

/// Gives doc comments the names that the code has (`StepUpAuthClient.sendOtp`), and no links into Rust's
/// documentation. What is not found in the code stays as it is: it is a name of the wire.
pub(super) fn with_own_names(code: &str) -> String {
    let names = Names::of(&pieces(code));
    pieces(code).into_iter().map(|(text, is_comment)| names.applied(text, is_comment)).collect()
}

/// The code and, marked, the doc comments between it.
fn pieces(code: &str) -> Vec<(&str, bool)> {
    let mut pieces = Vec::new();
    let mut rest = code;
    while let Some(start) = rest.find("/**") {
        let end = rest[start..].find("*/").map_or(rest.len(), |length| start + length);
        pieces.extend([(&rest[..start], false), (&rest[start..end], true)]);
        rest = &rest[end..];
    }
    pieces.push((rest, false));
    pieces
}

fn is_part_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

struct Names<'a> {
    words: BTreeSet<&'a str>,
    /// Of enums: `case` is a word of Swift.
    cases: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    fn of(pieces: &[(&'a str, bool)]) -> Self {
        let code = pieces.iter().filter(|(_, is_comment)| !is_comment).map(|(text, _)| *text);
        let words: Vec<_> = code.flat_map(|text| text.split(|letter| !is_part_of_name(letter))).collect();
        let cases = words.windows(2).filter(|pair| pair[0] == "case").map(|pair| pair[1]).collect();
        Self { words: words.into_iter().chain(BY_HAND).collect(), cases }
    }

    /// Between backquotes, over the ends of lines, is what is code.
    fn applied(&self, text: &str, is_comment: bool) -> String {
        if !is_comment {
            return text.to_owned();
        }
        let parts: Vec<_> = text.split('`').collect();
        let is_link = |index: usize| {
            let around = [index.checked_sub(1), index.checked_add(1)].map(|index| parts.get(index?).copied());
            around[0].is_some_and(|part| part.ends_with('['))
                && around[1].is_some_and(|part| part.starts_with(']'))
        };
        let mut renamed = String::new();
        for (index, part) in parts.iter().enumerate() {
            if index % 2 == 1 {
                renamed += &format!("`{}`", self.path(part));
                continue;
            }
            let part = if index > 0 && is_link(index - 1) { without_target(part) } else { part };
            let is_before_link = is_link(index + 1);
            renamed += if is_before_link { part.trim_end_matches('[') } else { part };
        }
        renamed
    }

    /// Of what is not a path of names nothing is changed.
    fn path(&self, code: &str) -> String {
        let path = ["crate::", "super::", "Self::"].iter().find_map(|start| code.strip_prefix(start));
        let path = path.unwrap_or(code);
        let is_path = path.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && path.chars().all(|letter| is_part_of_name(letter) || ":.()…".contains(letter));
        if !is_path {
            return code.to_owned();
        }
        let path = path.replace("::", ".");
        let parts = path.split_inclusive(|letter| !is_part_of_name(letter)).map(|part| {
            let name = part.trim_end_matches(|letter| !is_part_of_name(letter));
            self.name(name) + &part[name.len()..]
        });
        parts.collect()
    }

    fn name(&self, name: &str) -> String {
        let camel_case = camel_case(name);
        let is_beginning = name.ends_with('_');
        let is_case = !self.words.contains(name) && self.cases.contains(camel_case.as_str());
        let is_name = name.contains('_') && self.words.contains(camel_case.as_str());
        if is_beginning || is_case || is_name { camel_case } else { name.to_owned() }
    }
}

/// What follows the text of a link, which ended before.
fn without_target(text: &str) -> &str {
    let text = text.strip_prefix(']').unwrap_or(text);
    text.strip_prefix('(').and_then(|target| target.split_once(')')).map_or(text, |(_, rest)| rest)
}

/// `send_otp` and `SendOtp` as `sendOtp`.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_').filter(|word| !word.is_empty());
    let first = with_first(words.next().unwrap_or_default(), |letter| letter.to_ascii_lowercase());
    words.fold(first, |start, word| start + &with_first(word, |letter| letter.to_ascii_uppercase()))
}

fn with_first(word: &str, change: impl Fn(char) -> char) -> String {
    let mut letters = word.chars();
    letters.next().map(change).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "func sendOtp()\nlet appLinks\nclass Client\ncase awaitingCode\ncase Cancelled\n";

    fn renamed(comment: &str) -> String {
        let text = with_own_names(&format!("{CODE}/**\n * {comment}\n */\n"));
        text.strip_prefix(CODE).unwrap().trim_matches(['/', '*', '\n', ' ']).to_owned()
    }

    #[test]
    fn names_are_those_of_the_code() {
        assert_eq!(renamed("`send_otp`, `Client::send_otp`"), "`sendOtp`, `Client.sendOtp`");
        assert_eq!(renamed("`client().send_otp()`, `verify_…`"), "`client().sendOtp()`, `verify…`");
        assert_eq!(renamed("in `AwaitingCode` or `Cancelled`"), "in `awaitingCode` or `Cancelled`");
        assert_eq!(renamed("of `with_step_up`"), "of `withStepUp`");
    }

    #[test]
    fn links_into_rust_are_plain() {
        assert_eq!(renamed("See [`Client::send_otp`](crate::Client::send_otp)."), "See `Client.sendOtp`.");
        assert_eq!(renamed("[`Client`] and [`x`](Self::x), [a]"), "`Client` and `x`, [a]");
        assert_eq!(renamed("[`crate::Client`]; `super::Client`"), "`Client`; `Client`");
        assert_eq!(renamed("[`kotlin` section](https://a.b)"), "[`kotlin` section](https://a.b)");
    }

    #[test]
    fn what_is_no_name_stays() {
        let others =
            "`mfa_invalid_code`, `Origin`, `wallet:export`, `::1`, `_`, `POST\n * /send_otp` or send_otp";
        assert_eq!(renamed(others), others);
        assert_eq!(with_own_names("// `send_otp`\n"), "// `send_otp`\n");
    }
}
