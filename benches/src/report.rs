//! The table.

use std::fmt;

#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

struct Row {
    figure: String,
    goal: String,
    measured: String,
    verdict: Verdict,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Met,
    Missed,
    /// A limit that must hold on every machine.
    Broken,
    NotMeasured,
    /// There is no goal.
    Noted,
}

impl Report {
    /// A figure with a goal that a slow or busy machine may miss.
    pub(crate) fn goal(&mut self, figure: &str, goal: &str, measured: String, is_met: bool) {
        self.add(figure, goal, measured, if is_met { Verdict::Met } else { Verdict::Missed });
    }

    /// A figure that does not depend on the machine: missing it is a failure.
    pub(crate) fn limit(&mut self, figure: &str, goal: &str, measured: String, is_met: bool) {
        self.add(figure, goal, measured, if is_met { Verdict::Met } else { Verdict::Broken });
    }

    /// A figure without a goal.
    pub(crate) fn note(&mut self, figure: &str, measured: String) {
        self.add(figure, "–", measured, Verdict::Noted);
    }

    pub(crate) fn not_measured(&mut self, figure: &str, goal: &str, why: &str) {
        self.add(figure, goal, why.into(), Verdict::NotMeasured);
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.rows.iter().any(|row| row.verdict == Verdict::Broken)
    }

    fn add(&mut self, figure: &str, goal: &str, measured: String, verdict: Verdict) {
        println!("{figure}: {measured}");
        self.rows.push(Row { figure: figure.into(), goal: goal.into(), measured, verdict });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "| figure | goal | measured | |\n|---|---|---|---|")?;
        for Row { figure, goal, measured, verdict } in &self.rows {
            let verdict = match verdict {
                Verdict::Met => "met",
                Verdict::Missed => "missed",
                Verdict::Broken => "**broken**",
                Verdict::NotMeasured => "not measured",
                Verdict::Noted => "",
            };
            writeln!(formatter, "| {figure} | {goal} | {measured} | {verdict} |")?;
        }
        Ok(())
    }
}
