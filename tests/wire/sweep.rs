//! Every operation of the table, made once by somebody who is signed in, and what was seen of it. Several
//! tests look at the same.

use serde_json::Value;
use stepup_test_support::eventually;
use tokio::sync::OnceCell;

use crate::{
    bench::Bench,
    contract::Tokens,
    door::Recorded,
    operations::{Row, rows, variants},
};

pub(crate) struct Swept {
    pub(crate) row: Row,
    /// The operation's request.
    pub(crate) request: Recorded,
    /// All requests from the sign-in on.
    pub(crate) requests: Vec<Recorded>,
    /// The same as the sandbox has logged them, with the checks that it made.
    pub(crate) exchanges: Vec<Value>,
    /// What the client held before the operation.
    pub(crate) tokens: Tokens,
    pub(crate) environment_id: String,
    /// What the client logged from its start on.
    pub(crate) log: String,
}

static SWEPT: OnceCell<Vec<Swept>> = OnceCell::const_new();

pub(crate) async fn every_operation() -> &'static [Swept] {
    SWEPT.get_or_init(sweep).await
}

async fn sweep() -> Vec<Swept> {
    let mut bench = Bench::new().await;
    let mut all = Vec::new();
    for row in rows().into_iter().chain(variants()) {
        bench.renew();
        let prepared = bench.prepare(row.name).await;
        let (tokens, before) = (Tokens::of(&bench).await, bench.door.requests().len());
        let outcome = bench.perform(row.name, &prepared).await;
        // What makes the client look at the session is a refusal.
        assert!(outcome.is_ok() || row.name == "session", "{}: {outcome:?}", row.name);
        let requests = bench.door.requests();
        let own = requests[before..].iter().rfind(|request| request.is(row.method, row.path));
        let request = own.unwrap_or_else(|| panic!("{}: nothing was sent", row.name)).clone();
        // The log names the operation that made this very request.
        let id = request.header("x-dyn-request-id").unwrap();
        let names = |text: &str| text.starts_with(&format!("{}: ", row.operation())) && text.ends_with(id);
        eventually(row.name, || bench.log.records().iter().any(|record| names(&record.text))).await;
        let exchanges = bench.world.requests("").to_vec();
        let environment_id = bench.config.environment_id.clone();
        let log = bench.log.text();
        all.push(Swept { row, request, requests, exchanges, tokens, environment_id, log });
    }
    all
}
