use proptest::prelude::*;

use super::*;

fn claims(scopes: &[&str], seconds: i64, single_use: bool) -> TokenClaims {
    let mut scopes: Vec<TokenScope> = scopes.iter().copied().map(TokenScope::from).collect();
    scopes.sort();
    scopes.dedup();
    TokenClaims { subject: None, scopes, expires_at: UnixMillis::from_seconds(seconds), single_use }
}

fn store(tokens: &[(&str, TokenClaims)]) -> TokenStore {
    let mut store = TokenStore::default();
    for (token, claims) in tokens {
        store.insert(SecretString::new(*token), claims.clone(), UnixMillis(0));
    }
    store
}

fn best(store: &TokenStore, scope: &str) -> String {
    store.best(scope, UnixMillis(0)).map_or("none".into(), |token| token.token.expose().into())
}

#[test]
fn i06_fault_06_a_reusable_token_goes_before_a_single_use_one() {
    let store = store(&[("broad-once", claims(&["a", "b"], 9, true)), ("exact", claims(&["a"], 5, false))]);
    assert_eq!(best(&store, "a"), "exact");
}

#[test]
fn i06_exact_goes_before_broader() {
    let store = store(&[("broad", claims(&["a", "b"], 9, false)), ("exact", claims(&["a"], 5, false))]);
    assert_eq!(best(&store, "a"), "exact");
    assert_eq!(best(&store, "b"), "broad");
}

#[test]
fn i06_reusable_lasts_longest_and_single_use_ends_soonest() {
    let reusable =
        store(&[("short", claims(&["a", "b"], 5, false)), ("long", claims(&["a", "c"], 9, false))]);
    assert_eq!(best(&reusable, "a"), "long");
    let single = store(&[("long", claims(&["a", "b"], 9, true)), ("short", claims(&["a", "c"], 5, true))]);
    assert_eq!(best(&single, "a"), "short");
}

#[test]
fn one_token_per_set_of_scopes() {
    let store = store(&[("old", claims(&["a", "b"], 9, false)), ("new", claims(&["b", "a"], 5, false))]);
    assert_eq!((best(&store, "a").as_str(), store.tokens.len()), ("new", 1));
}

#[test]
fn a_token_given_back_does_not_replace_a_newer_one() {
    let mut store = store(&[("old", claims(&["a"], 9, true))]);
    let old = store.take("a", UnixMillis(0)).unwrap();
    assert_eq!(best(&store, "a"), "none");
    store.insert(SecretString::new("new"), claims(&["a"], 5, true), UnixMillis(0));
    store.give_back(old);
    assert_eq!((best(&store, "a").as_str(), store.tokens.len()), ("new", 1));
}

#[derive(Clone, Debug)]
enum Step {
    Insert(Vec<usize>, i64, bool),
    Take(usize),
    GiveBack,
    Wait(i64),
}

const SCOPES: [&str; 4] = ["a", "b", "c", "d"];

fn step() -> impl Strategy<Value = Step> {
    let scope = 0..SCOPES.len();
    prop_oneof![
        (prop::collection::vec(scope.clone(), 1..4), 1..60_i64, any::<bool>())
            .prop_map(|(scopes, life, single)| Step::Insert(scopes, life, single)),
        scope.prop_map(Step::Take),
        Just(Step::GiveBack),
        (0..20_i64).prop_map(Step::Wait),
    ]
}

proptest! {
    /// Never an expired token, never one without the scope, a single-use one in one pair of hands at a
    /// time; and the quick answer of `has` is the slow answer of looking at all of them.
    #[test]
    fn i05_whatever_happens_a_token_is_what_it_says(steps in prop::collection::vec(step(), 1..60)) {
        let mut store = TokenStore::default();
        let mut now = 0;
        let mut lent: Vec<StoredToken> = Vec::new();
        for step in steps {
            match step {
                Step::Insert(scopes, life, single) => {
                    let scopes: Vec<&str> = scopes.iter().map(|index| SCOPES[*index]).collect();
                    let claims = claims(&scopes, now + life, single);
                    let moment = UnixMillis::from_seconds(now);
                    prop_assert!(store.insert(SecretString::new("t"), claims, moment).is_some());
                }
                Step::Take(index) => {
                    if let Some(token) = store.take(SCOPES[index], UnixMillis::from_seconds(now)) {
                        prop_assert!(token.expires_at > UnixMillis::from_seconds(now));
                        prop_assert!(token.scopes.contains(&SCOPES[index].into()));
                        if token.single_use {
                            prop_assert!(lent.iter().all(|other| other.serial != token.serial));
                            lent.push(token);
                        }
                    }
                }
                Step::GiveBack => lent.pop().into_iter().for_each(|token| store.give_back(token)),
                Step::Wait(seconds) => now += seconds,
            }
            for scope in SCOPES {
                let moment = UnixMillis::from_seconds(now);
                let slow = store.tokens.iter().any(|token| token.serves(scope, moment));
                prop_assert_eq!(store.has(&scope.into(), moment), slow);
                prop_assert_eq!(store.best(scope, moment).is_some(), slow);
            }
            let mut sets: Vec<_> = store.tokens.iter().map(|token| token.scopes.clone()).collect();
            sets.sort();
            sets.dedup();
            prop_assert_eq!(sets.len(), store.tokens.len(), "one token per set of scopes");
            prop_assert!(store.reusable().all(|token| !token.single_use));
        }
    }
}
