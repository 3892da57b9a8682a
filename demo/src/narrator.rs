//! What appears on the terminal, in lines of at most 80 columns.

use std::cell::Cell;
use std::fmt::Debug;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use stepup_core::StepUpError;
use textwrap::{Options, WordSplitter};

use crate::told::{NotAsTold, Told};

const COLUMNS: usize = 78;

/// Tells the story, and counts its chapters and checks.
pub(crate) struct Narrator {
    colours: bool,
    chapters: Cell<u32>,
    checks: Cell<u32>,
}

#[derive(Clone, Copy)]
enum Style {
    Bold,
    Dim,
    Green,
    Red,
    Yellow,
    Cyan,
}

impl Style {
    fn code(self) -> &'static str {
        match self {
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Green => "32",
            Self::Red => "1;31",
            Self::Yellow => "33",
            Self::Cyan => "36",
        }
    }
}

impl Narrator {
    /// Colours only where somebody sees them and has not declined (<https://no-color.org>).
    pub(crate) fn new() -> Self {
        let declined = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let colours = io::stdout().is_terminal() && !declined;
        Self { colours, chapters: Cell::new(0), checks: Cell::new(0) }
    }

    pub(crate) fn has_colours(&self) -> bool {
        self.colours
    }

    pub(crate) fn title(&self, text: &str) {
        self.print(&format!("\n{}", self.styled(Style::Bold, text)));
    }

    pub(crate) fn chapter(&self, title: &str) {
        self.chapters.set(self.chapters.get() + 1);
        let head = format!("{}. {title} ", self.chapters.get());
        let rule = "─".repeat(COLUMNS.saturating_sub(head.chars().count()));
        self.print(&format!("\n{}{}", self.styled(Style::Bold, &head), self.styled(Style::Dim, &rule)));
    }

    /// A paragraph.
    pub(crate) fn prose(&self, text: &str) {
        self.print("");
        self.wrapped("  ", "  ", text);
    }

    /// What the app asks the core, or its own backend.
    pub(crate) fn ask(&self, call: &str) {
        self.print("");
        self.print(&format!("  → {}", self.styled(Style::Cyan, call)));
    }

    /// What is answered to it.
    pub(crate) fn answer(&self, text: &str) {
        self.wrapped("  ← ", "    ", text);
    }

    /// The core answers with an error: what happened, and what it wants the app to do.
    pub(crate) fn error(&self, error: &StepUpError) {
        self.answer(&format!("error ({:?}): {error}", error.kind()));
    }

    /// More of the answer, or of what surrounds it.
    pub(crate) fn detail(&self, text: &str) {
        self.wrapped("    ", "    ", text);
    }

    /// A message that the server sent to the user.
    pub(crate) fn mail(&self, text: &str) {
        self.wrapped("  ✉ ", "    ", text);
    }

    /// A line as it is, indented.
    pub(crate) fn drawn(&self, line: &str) {
        self.print(&format!("    {line}"));
    }

    /// Checks one promise of the story.
    pub(crate) fn check(&self, promise: &str, is_kept: bool, found: &dyn Debug) -> Told {
        if !is_kept {
            return Err(NotAsTold::new(promise, format!("{found:?}")));
        }
        self.checks.set(self.checks.get() + 1);
        self.wrapped(&format!("  {} ", self.styled(Style::Green, "✓")), "    ", promise);
        Ok(())
    }

    /// A part of the story that cannot be told here.
    pub(crate) fn left_out(&self, what: &str, why: &str) {
        self.print("");
        self.wrapped(
            &format!("  {} ", self.styled(Style::Yellow, "left out:")),
            "    ",
            &format!("{what}; {why}"),
        );
    }

    /// A question; the answer is typed behind it.
    pub(crate) fn question(&self, text: &str) {
        let mut screen = io::stdout().lock();
        let _ = write!(screen, "\n  {} {text}: ", self.styled(Style::Yellow, "?"));
        let _ = screen.flush();
    }

    pub(crate) fn blank(&self) {
        self.print("");
    }

    pub(crate) fn finished(&self, took: Duration) {
        let summary =
            format!("All {} checks are as told, in {:.1} s.", self.checks.get(), took.as_secs_f64());
        self.print(&format!("\n{}\n", self.styled(Style::Green, &summary)));
    }

    pub(crate) fn not_as_told(&self, step: &NotAsTold) {
        self.print(&format!(
            "\n  {} {}",
            self.styled(Style::Red, "✗"),
            self.styled(Style::Red, "not as told")
        ));
        self.wrapped("    expected: ", "              ", &step.expected);
        self.wrapped("    found:    ", "              ", &step.found);
        self.print("");
    }

    pub(crate) fn interrupted(&self) {
        self.print("\n\n  Ended by Ctrl-C.\n");
    }

    fn wrapped(&self, first: &str, others: &str, text: &str) {
        self.print(&textwrap::fill(text, options().initial_indent(first).subsequent_indent(others)));
    }

    fn styled(&self, style: Style, text: &str) -> String {
        if self.colours { format!("\x1b[{}m{text}\x1b[0m", style.code()) } else { text.to_owned() }
    }

    /// A reader who has gone away is no reason to stop: the exit code still tells how it went.
    fn print(&self, text: &str) {
        let _ = writeln!(io::stdout(), "{text}");
    }
}

/// Lines are broken at blanks only.
fn options() -> Options<'static> {
    Options::new(COLUMNS).word_splitter(WordSplitter::NoHyphenation)
}
