//! The table at the end.

use std::time::Duration;

use super::outcome::{Counts, Outcome, Report};

const HEADINGS: [&str; 5] = ["suite", "result", "tests", "seconds", ""];

/// One suite that has ended.
pub(crate) struct Row {
    pub(crate) suite: &'static str,
    pub(crate) report: Report,
    pub(crate) duration: Duration,
}

/// The table as text, columns aligned, one line per suite; the last column says why where there is a why.
pub(crate) fn render(rows: &[Row]) -> String {
    let mut lines = vec![HEADINGS.map(str::to_owned)];
    lines.extend(rows.iter().map(cells));
    let widths: [usize; 5] = std::array::from_fn(|column| {
        lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0)
    });
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        text.push_str(&aligned(line, &widths));
        if index == 0 {
            text.push_str(&format!("{}\n", "-".repeat(widths[..4].iter().sum::<usize>() + 6)));
        }
    }
    text
}

fn cells(row: &Row) -> [String; 5] {
    let (result, why) = match &row.report.outcome {
        Outcome::Passed => ("passed", ""),
        Outcome::Failed(why) => ("FAILED", why.as_str()),
        Outcome::CouldNotRun(why) => ("could not run", why.as_str()),
        Outcome::NotPossibleHere(why) => ("not possible here", why.as_str()),
    };
    let tests = row.report.counts.as_ref().map_or_else(|| "-".to_owned(), in_words);
    let seconds = format!("{:.1}", row.duration.as_secs_f64());
    [row.suite.to_owned(), result.to_owned(), tests, seconds, why.to_owned()]
}

fn in_words(counts: &Counts) -> String {
    format!("{} passed, {} failed, {} ignored", counts.passed, counts.failed, counts.ignored)
}

fn aligned(line: &[String; 5], widths: &[usize; 5]) -> String {
    let [suite, result, tests, seconds, why] = line;
    let [first, second, third, fourth, _] = widths;
    let text = format!("{suite:<first$}  {result:<second$}  {tests:<third$}  {seconds:>fourth$}  {why}");
    format!("{}\n", text.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_suite_has_its_line_and_the_columns_are_aligned() {
        let counts = Some(Counts { passed: 212, failed: 1, ignored: 0 });
        let failed = Report { outcome: Outcome::Failed("exit status: 101".to_owned()), counts };
        let rows = [
            Row {
                suite: "fmt",
                report: Outcome::Passed.without_tests(),
                duration: Duration::from_millis(1240),
            },
            Row { suite: "tests", report: failed, duration: Duration::from_secs(92) },
        ];
        let expected = "\
suite  result  tests                            seconds
-------------------------------------------------------
fmt    passed  -                                    1.2
tests  FAILED  212 passed, 1 failed, 0 ignored     92.0  exit status: 101
";
        assert_eq!(render(&rows), expected);
    }

    #[test]
    fn a_suite_that_did_not_run_is_never_called_passed() {
        let reports = [
            Outcome::CouldNotRun("no git".to_owned()).without_tests(),
            Outcome::NotPossibleHere("needs Xcode".to_owned()).without_tests(),
        ];
        let rows = reports.map(|report| Row { suite: "other", report, duration: Duration::ZERO });
        let text = render(&rows);
        assert!(text.contains("could not run") && text.contains("no git"), "{text}");
        assert!(text.contains("not possible here") && text.contains("needs Xcode"), "{text}");
        assert!(!text.contains("passed"), "{text}");
    }
}
