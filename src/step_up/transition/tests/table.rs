//! Every cell of the tables of `docs/flow.md`, and every arrow of its diagram.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{Event, PasskeyPreparation, Phase, State, transition},
    document::{Arrow, Cell, Place, Table, arrows, by_method, table},
    events::{Trial, trials},
    samples::{methods, name, now, place, states, word},
};
use crate::step_up::StepUpMethod;

/// The tables, each with as many columns as there are kinds of events in it.
const TABLES: [(&str, usize); 6] = [
    ("The app, and the session", 9),
    ("The check", 7),
    ("The passkey's options", 5),
    ("Codes and captchas", 4),
    ("Passkey sheet and wallet", 4),
    ("Browser and verification", 11),
];

/// The one cell that a state has in each column.
fn row<'a>(heading: &str, table: &'a Table, of: &Place) -> &'a [Cell] {
    let is_its = |(places, _): &&(Vec<Place>, Vec<Cell>)| places.iter().any(|place| place.includes(of));
    let rows: Vec<_> = table.rows.iter().filter(is_its).collect();
    assert_eq!(rows.len(), 1, "{heading}: lines of {of:?}");
    &rows[0].1
}

/// What a cell says of this trial.
fn expected(cell: &Cell, trial: &Trial) -> Cell {
    let cell = match (cell, &trial.method) {
        (Cell::ByMethod, Some(StepUpMethod::Passkey)) => by_method(passkey_line(&trial.state)),
        (Cell::ByMethod, Some(method)) => by_method(&format!("`{}`", name(method))),
        (Cell::Stays { effects }, _) => Cell::Next { place: place(&trial.state), effects: effects.clone() },
        (cell, _) => cell.clone(),
    };
    let knows_options = trial.state.known.options.is_some() || matches!(trial.state.phase, Phase::Checking);
    match cell {
        Cell::Next { place, .. } if place.state == "Choosing" && !knows_options => {
            let effects = vec!["stop".into(), "check".into()];
            Cell::Next { place: Place::new("Checking", ""), effects }
        }
        cell => cell,
    }
}

fn passkey_line(state: &State) -> &'static str {
    match &state.known.passkey {
        PasskeyPreparation::Ready(prepared) if prepared.expires_at > now() => "`Passkey`, prepared",
        PasskeyPreparation::UnderWay => "`Passkey`, being prepared",
        _ => "`Passkey`, not prepared or run out",
    }
}

/// What the machine does.
fn actual(trial: &Trial) -> Cell {
    match transition(&trial.state, trial.event.clone()) {
        Ok((state, effects)) => {
            let effects = effects.iter().map(|effect| word(effect).to_owned()).collect();
            Cell::Next { place: place(&state), effects }
        }
        Err(_) => Cell::Impossible,
    }
}

fn agree(expected: &Cell, actual: &Cell) -> bool {
    match (expected, actual) {
        (Cell::Next { place: wanted, effects: first }, Cell::Next { place, effects }) => {
            wanted.includes(place) && first == effects
        }
        (expected, actual) => expected == actual,
    }
}

/// Calls this for each trial of each cell.
fn for_each_trial(mut judge: impl FnMut(&str, &str, &Cell, &Trial)) {
    for (heading, columns) in TABLES {
        let table = table(heading);
        assert_eq!(table.columns.len(), columns, "{heading}: columns");
        for state in states() {
            let row = row(heading, &table, &place(&state));
            for (column, cell) in table.columns.iter().zip(row) {
                for trial in trials(heading, column, &state) {
                    judge(heading, column, cell, &trial);
                }
            }
        }
    }
}

#[test]
fn each_cell_of_the_tables_is_what_the_machine_does() {
    let (mut wrong, mut tried) = (BTreeSet::new(), 0);
    for_each_trial(|heading, column, cell, trial| {
        let (expected, actual) = (expected(cell, trial), actual(trial));
        tried += 1;
        if !agree(&expected, &actual) {
            let (at, event) = (place(&trial.state), &trial.event);
            wrong.insert(format!("{heading} / {at:?} / {column}: {event:?}\n  {expected:?}\n  {actual:?}"));
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
    assert!(tried > 2_000, "{tried}");
}

#[test]
fn each_column_is_tried_with_what_makes_it() {
    // A column without a trial would agree with anything.
    let mut trials_of: BTreeMap<(String, String), usize> = BTreeMap::new();
    for_each_trial(|heading, column, _, _| {
        *trials_of.entry((heading.into(), column.into())).or_default() += 1;
    });
    let columns: usize = TABLES.iter().map(|(_, columns)| columns).sum();
    assert_eq!(trials_of.len(), columns);
    assert!(trials_of.values().all(|trials| *trials >= states().len()), "{trials_of:?}");
}

#[test]
fn each_line_of_the_tables_has_a_state_that_is_tried() {
    let tried: Vec<_> = states().iter().map(place).collect();
    for (heading, _) in TABLES {
        for named in table(heading).rows.iter().flat_map(|(places, _)| places) {
            assert!(tried.iter().any(|place| named.includes(place)), "{heading}: {named:?}");
        }
    }
}

#[test]
fn the_diagram_shows_each_change_of_state_and_no_other() {
    let (mut changes, mut by_app) = (BTreeSet::new(), BTreeSet::new());
    for_each_trial(|heading, column, cell, trial| {
        let Cell::Next { place: to, .. } = expected(cell, trial) else { return };
        let from = place(&trial.state).state;
        // The diagram leaves out what leads from everywhere to `Cancelled`, and flows of an earlier process.
        let is_drawn = from != to.state && to.state != "Cancelled";
        if !is_drawn || trial.state.known.options.is_none() && from != "Checking" {
            return;
        }
        if heading == "The app, and the session" {
            by_app.insert((from.clone(), to.state.clone(), column.trim_matches('`').to_owned()));
        }
        changes.insert((from, to.state));
    });
    let drawn: BTreeSet<_> =
        arrows().iter().map(|Arrow { from, to, .. }| (from.clone(), to.clone())).collect();
    assert_eq!(drawn, changes);
    assert_eq!(drawn.len(), arrows().len(), "an arrow is drawn twice");
    let calls = table(TABLES[0].0).columns;
    let is_call = |cause: &String| calls.contains(&format!("`{cause}`"));
    let named: BTreeSet<_> = arrows()
        .into_iter()
        .flat_map(|arrow| {
            let Arrow { from, to, causes } = arrow;
            causes.into_iter().filter(is_call).map(move |cause| (from.clone(), to.clone(), cause))
        })
        .collect();
    assert_eq!(named, by_app);
}

#[test]
fn from_each_state_but_the_last_ones_the_app_has_a_way_out() {
    for state in states().iter().filter(|state| !state.shown().is_final()) {
        let (ended, effects) = transition(state, Event::Cancel).unwrap();
        assert!(ended.shown().is_final());
        assert_eq!(effects.iter().map(word).collect::<Vec<_>>(), ["stop"]);
        // While the server is asked there is nothing else to do; everywhere else there is.
        if matches!(state.phase, Phase::Checking | Phase::Verifying { .. }) {
            continue;
        }
        let table = table(TABLES[0].0);
        let calls = table.columns.iter().filter(|column| column.starts_with('`') && *column != "`cancel`");
        let mut trials = calls.flat_map(|column| trials(TABLES[0].0, column, state));
        assert!(trials.any(|trial| actual(&trial) != Cell::Impossible), "{:?}", place(state));
    }
}

#[test]
fn what_is_not_offered_cannot_be_selected() {
    for state in states() {
        let select = Event::Select { option_id: "another".into(), now: now() };
        assert!(transition(&state, select).is_err(), "{:?}", place(&state));
    }
}

#[test]
fn nothing_is_prepared_or_runs_out_that_was_not_begun() {
    for mut state in states() {
        state.known.passkey = PasskeyPreparation::None;
        let outcome = Err(super::events::network());
        assert!(transition(&state, Event::PasskeyPrepared { outcome }).is_err(), "{:?}", place(&state));
        assert!(transition(&state, Event::PasskeyRunOut).is_err(), "{:?}", place(&state));
    }
}

#[test]
fn the_table_of_methods_names_each() {
    for method in methods().iter().filter(|method| **method != StepUpMethod::Passkey) {
        assert!(matches!(by_method(&format!("`{}`", name(method))), Cell::Next { .. }));
    }
}
