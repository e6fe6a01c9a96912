//! Random histories of a few keys, exported as `DynamoDB` does, against merging them.

use super::exports::{base, content, merge, record, window};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const KEYS: usize = 6;

/// What happened at one moment: a key gets a value or is deleted.
type Write = (usize, bool);

type State = BTreeMap<String, String>;

/// The table after the first `writes` writes; each value is unique.
fn state(history: &[Write], writes: usize) -> State {
    let mut state = State::new();
    for (n, (key, is_put)) in history[..writes].iter().enumerate() {
        let key = format!("k{key}");
        if *is_put {
            state.insert(key, n.to_string());
        } else {
            state.remove(&key);
        }
    }
    state
}

/// The records of a window by key: one for each that was written in it, but for those that were
/// there neither before nor after.
fn records(history: &[Write], from: usize, to: usize) -> BTreeMap<String, String> {
    let (before, after) = (state(history, from), state(history, to));
    let mut records = BTreeMap::new();
    for (key, _) in &history[from..to] {
        let key = format!("k{key}");
        if before.contains_key(&key) || after.contains_key(&key) {
            records.insert(key.clone(), record(&key, after.get(&key).map(String::as_str)));
        }
    }
    records
}

fn pairs(state: &State) -> Vec<(&str, &str)> {
    state.iter().map(|(key, value)| (&**key, &**value)).collect()
}

/// A write happens in each minute; windows are cut at random minutes.
async fn check(history: Vec<Write>, mut cuts: Vec<usize>, at: usize) {
    let end = history.len();
    cuts.extend([0, end]);
    cuts.sort_unstable();
    cuts.dedup();
    let at = at.min(end);
    let (mut windows, mut told) = (Vec::new(), BTreeSet::new());
    for ends in cuts.windows(2) {
        let records = records(&history, ends[0], ends[1]);
        told.extend(records.keys().cloned());
        let records: Vec<_> = records.into_values().collect();
        windows.push(window(ends[0] as u64, ends[1] as u64, &records).await);
    }
    if told.is_empty() {
        // Nothing tells the key; that is a case of its own.
        return;
    }
    let read = state(&history, at);
    let (store, report) = merge(base(at as u64, &pairs(&read)).await, windows).await.unwrap();
    assert_eq!(report.is_exact, cuts.contains(&at));

    let mut expected = state(&history, end);
    if !report.is_exact {
        // What came before the base and went after it within its window is kept, nothing else.
        let untold = read.into_iter().filter(|(key, _)| !told.contains(key));
        expected.extend(untold);
    }
    assert_eq!(content(&store).await, expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_merge_is_the_table_at_the_end(
        history in prop::collection::vec((0..KEYS, any::<bool>()), 1..40),
        cuts in prop::collection::vec(1_usize..40, 0..6),
        at in 0_usize..40,
        on_boundary: bool,
    ) {
        let cuts: Vec<_> = cuts.into_iter().filter(|cut| *cut < history.len()).collect();
        let at = match cuts.first() {
            Some(cut) if on_boundary => *cut,
            None if on_boundary => 0,
            _ => at,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check(history, cuts, at));
    }
}
