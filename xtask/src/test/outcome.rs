//! How a suite ended, and what of that counts as a failure.

/// What is asked beyond "nothing failed": more on a build server than at somebody's desk.
pub(crate) struct Strictness {
    pub(crate) ignored_tests_fail: bool,
    pub(crate) every_suite_must_run: bool,
}

/// How a suite ended; the texts say why.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    Passed,
    Failed(String),
    /// Something is missing that could be installed on this machine.
    CouldNotRun(String),
    /// This operating system can never run it; such a suite never fails.
    NotPossibleHere(String),
}

impl Outcome {
    pub(crate) fn is_failure(&self, strictness: &Strictness) -> bool {
        match self {
            Self::Passed | Self::NotPossibleHere(_) => false,
            Self::Failed(_) => true,
            Self::CouldNotRun(_) => strictness.every_suite_must_run,
        }
    }

    /// The report of a suite that has no tests to count.
    pub(crate) fn without_tests(self) -> Report {
        Report { outcome: self, counts: None }
    }
}

/// What a suite has to say when it is over.
#[derive(Debug, PartialEq)]
pub(crate) struct Report {
    pub(crate) outcome: Outcome,
    pub(crate) counts: Option<Counts>,
}

impl Report {
    /// A suite without tests has not shown anything.
    pub(crate) fn judge_empty(&mut self) {
        let ran = self.counts.as_ref().map_or(0, |counts| counts.passed + counts.failed);
        if ran == 0 && self.outcome == Outcome::Passed {
            self.outcome = Outcome::Failed("not one test was run".to_owned());
        }
    }

    /// An ignored test looks like a passed one: where that is not wanted, the suite has failed.
    pub(crate) fn judge_ignored_tests(&mut self, strictness: &Strictness) {
        let ignored = self.counts.as_ref().map_or(0, |counts| counts.ignored);
        if strictness.ignored_tests_fail && ignored > 0 && self.outcome == Outcome::Passed {
            self.outcome = Outcome::Failed(format!("ignored tests: {ignored}"));
        }
    }
}

/// Sums of the `test result:` lines of one suite.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) ignored: u64,
}

impl Counts {
    /// Adds the figures of `line` if it is one of those in which a test program sums itself up.
    pub(crate) fn add_line(&mut self, line: &str) {
        let Some((_, figures)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for figure in figures.split("; ") {
            let Some((number, kind)) = figure.split_once(' ') else { continue };
            let number = number.parse().unwrap_or(0);
            match kind {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESK: Strictness = Strictness { ignored_tests_fail: false, every_suite_must_run: false };
    const SERVER: Strictness = Strictness { ignored_tests_fail: true, every_suite_must_run: true };

    #[test]
    fn the_figures_of_several_test_programs_are_summed() {
        let mut counts = Counts::default();
        counts.add_line(
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.01s",
        );
        counts.add_line("test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out");
        assert_eq!(counts, Counts { passed: 13, failed: 2, ignored: 1 });
    }

    #[test]
    fn other_lines_are_not_counted() {
        let mut counts = Counts::default();
        for line in [
            "test tests::a ... ok",
            "running 3 tests",
            "test result: ",
            "it says test result: ok. 9 passed; ",
        ] {
            counts.add_line(line);
        }
        assert_eq!(counts, Counts::default());
    }

    #[test]
    fn an_ignored_test_fails_on_a_build_server_only() {
        for (strictness, fails) in [(DESK, false), (SERVER, true)] {
            let counts = Some(Counts { passed: 5, failed: 0, ignored: 1 });
            let mut report = Report { outcome: Outcome::Passed, counts };
            report.judge_ignored_tests(&strictness);
            assert_eq!(report.outcome.is_failure(&strictness), fails);
        }
    }

    #[test]
    fn a_suite_without_tests_has_failed() {
        for (passed, fails) in [(0, true), (1, false)] {
            let counts = Some(Counts { passed, failed: 0, ignored: 0 });
            let mut report = Report { outcome: Outcome::Passed, counts };
            report.judge_empty();
            assert_eq!(report.outcome.is_failure(&DESK), fails);
        }
    }

    #[test]
    fn a_suite_that_could_not_run_fails_where_every_suite_must_run() {
        let outcome = Outcome::CouldNotRun("no compiler".to_owned());
        assert!(!outcome.is_failure(&DESK));
        assert!(outcome.is_failure(&SERVER));
    }

    #[test]
    fn what_this_system_cannot_do_never_fails_and_a_failure_always_does() {
        assert!(!Outcome::NotPossibleHere("needs Xcode".to_owned()).is_failure(&SERVER));
        assert!(Outcome::Failed("status 101".to_owned()).is_failure(&DESK));
    }
}
