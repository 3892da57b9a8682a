//! Reads the tables and the diagram of `docs/flow.md`.

use std::collections::BTreeSet;

const DOCUMENT: &str = include_str!("../../../../docs/flow.md");

/// A state, and what distinguishes it from others of its name. Without that it stands for all of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) state: String,
    pub(super) variant: Option<String>,
}

/// What a cell says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Impossible,
    ByMethod,
    Stays { effects: Vec<String> },
    Next { place: Place, effects: Vec<String> },
}

/// A table, with its rows in the order of the columns.
pub(super) struct Table {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<(Vec<Place>, Vec<Cell>)>,
}

/// An arrow of the diagram.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Arrow {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) causes: BTreeSet<String>,
}

impl Place {
    pub(super) fn new(state: &str, variant: &str) -> Self {
        let variant = (!variant.is_empty()).then(|| variant.to_owned());
        Self { state: state.into(), variant }
    }

    fn read(text: &str) -> Self {
        let (state, variant) = text.split_once(", ").unwrap_or((text, ""));
        let state = state.trim().strip_prefix('`').and_then(|state| state.strip_suffix('`'));
        Self::new(state.unwrap_or_else(|| panic!("no state: {text}")), variant.trim())
    }

    pub(super) fn includes(&self, other: &Self) -> bool {
        self.state == other.state && (self.variant.is_none() || self.variant == other.variant)
    }
}

impl Cell {
    fn read(text: &str) -> Self {
        let (what, effects) = text.split_once(" (").unwrap_or((text, ""));
        let effects = effects.trim_end_matches(')').split(", ").filter(|word| !word.is_empty());
        let effects = effects.map(Into::into).collect();
        match what {
            "–" => Self::Impossible,
            "by method" => Self::ByMethod,
            "stays" => Self::Stays { effects },
            place => Self::Next { place: Place::read(place), effects },
        }
    }
}

/// The first table under this heading: its head and its lines.
fn lines(heading: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let (_, section) =
        DOCUMENT.split_once(&format!("### {heading}\n")).unwrap_or_else(|| panic!("{heading}"));
    let lines =
        section.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let mut lines = lines.map(cells);
    let head = lines.next().unwrap();
    (head, lines.skip(1).collect())
}

/// The table under a heading, whose lines name one or several states.
pub(super) fn table(heading: &str) -> Table {
    let (mut columns, lines) = lines(heading);
    columns.remove(0);
    let rows = lines.into_iter().map(|line| {
        assert_eq!(line.len(), columns.len() + 1, "{heading}: {line:?}");
        let places = line[0].split("; ").map(Place::read).collect();
        (places, line[1..].iter().map(|cell| Cell::read(cell)).collect())
    });
    Table { rows: rows.collect(), columns }
}

/// What follows from the choice of a method.
pub(super) fn by_method(method: &str) -> Cell {
    let (_, lines) = lines("By method");
    let line = lines.iter().find(|line| line[0] == method).unwrap_or_else(|| panic!("no line: {method}"));
    Cell::read(&line[1])
}

/// The diagram's arrows between states.
pub(super) fn arrows() -> Vec<Arrow> {
    let lines = DOCUMENT.lines().map(str::trim).filter(|line| line.contains(" --> "));
    let arrows = lines.filter(|line| !line.starts_with("[*]")).map(|line| {
        let (from, rest) = line.split_once(" --> ").unwrap();
        let (to, causes) = rest.split_once(" : ").unwrap();
        let causes = causes.split(", ").map(Into::into).collect();
        Arrow { from: from.into(), to: to.into(), causes }
    });
    arrows.collect()
}
