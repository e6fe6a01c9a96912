//! What is expected of every store, as a suite that runs against any of them.
//!
//! It needs an empty place, deletes what it wrote, and refuses a place that is not empty. Each rule
//! has a name, works below a prefix of its own, and is tried whatever became of the others.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() {
//! use ddbkit_store::{Store, conformance};
//!
//! let failures = conformance::run(&Store::memory()).await;
//! assert!(failures.is_empty(), "{failures:#?}");
//!
//! // With less effort, on a server where each request takes its time.
//! let quick = conformance::Effort { objects: 20, writers: 4, rounds: 1 };
//! assert!(conformance::run_with(&Store::memory(), quick).await.is_empty());
//! # }
//! ```

mod check;
mod conditions;
mod keys;
mod listing;
mod objects;
mod races;
mod writers;

use crate::{BoxFuture, Store};
use check::Outcome;
use std::fmt;

/// How much the suite does where more takes longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// How many objects a listing holds. S3 gives 1,000 at a time.
    pub objects: usize,
    /// How many writers race for one object.
    pub writers: usize,
    /// How often they race.
    pub rounds: usize,
}

impl Default for Effort {
    fn default() -> Self {
        Self { objects: 1100, writers: 16, rounds: 3 }
    }
}

/// A rule that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The name of the rule.
    pub rule: &'static str,
    /// What was seen.
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.what)
    }
}

/// Runs the suite in an empty place. What it returns is empty for a store that does all that is
/// expected.
pub async fn run(store: &Store) -> Vec<Failure> {
    run_with(store, Effort::default()).await
}

/// As [`run`], with more or less effort.
pub async fn run_with(store: &Store, effort: Effort) -> Vec<Failure> {
    let empty = "the place is empty";
    if let Err(broken) = is_empty(store).await {
        return vec![Failure { rule: empty, what: broken.0 }];
    }
    let mut failures = Vec::new();
    for (number, (rule, proof)) in RULES.iter().enumerate() {
        let own = store.subtree(&format!("rule-{number}"));
        // A task of its own: a store that panics breaks one rule, not the suite.
        let outcome = tokio::spawn(proof(own.clone(), effort)).await;
        let outcome = outcome.unwrap_or_else(|error| Err(error.into()));
        let cleaned = check::delete_all(&own).await;
        if let Err(broken) = outcome.and(cleaned) {
            failures.push(Failure { rule, what: broken.0 });
        }
    }
    if let Err(broken) = is_empty(store).await {
        failures.push(Failure { rule: "what was deleted is gone", what: broken.0 });
    }
    failures
}

async fn is_empty(store: &Store) -> Outcome {
    check::same("the keys", check::keys(store, "").await?, Vec::new())
}

type Proof = fn(Store, Effort) -> BoxFuture<'static, Outcome>;

const RULES: &[(&str, Proof)] = &[
    ("objects come back as they were", |s, _| Box::pin(objects::round_trip(s))),
    ("what is missing is told as missing", |s, _| Box::pin(objects::missing(s))),
    ("a write replaces all of an object", |s, _| Box::pin(objects::replacing(s))),
    ("metadata comes back", |s, _| Box::pin(objects::metadata(s))),
    ("metadata that not all places keep is refused", |s, _| Box::pin(objects::bad_metadata(s))),
    ("parts are read as asked for", |s, _| Box::pin(objects::ranges(s))),
    ("replacing disturbs no reader", |s, _| Box::pin(objects::replaced_while_read(s))),
    ("keys may have any printable character", |s, _| Box::pin(keys::unusual(s))),
    ("keys that lead elsewhere are refused", |s, _| Box::pin(keys::refused(s))),
    ("a subtree has keys of its own", |s, _| Box::pin(keys::subtree(s))),
    ("listings are whole and in order", |s, e| Box::pin(listing::pages(s, e.objects))),
    ("a prefix may end anywhere", |s, _| Box::pin(listing::prefixes(s))),
    ("a writer makes large objects", |s, _| Box::pin(writers::large(s))),
    ("a writer makes small objects", |s, _| Box::pin(writers::small(s))),
    ("nothing is visible before the end", |s, _| Box::pin(writers::invisible(s))),
    ("what is given up leaves nothing", |s, _| Box::pin(writers::given_up(s))),
    ("create only if absent", |s, _| Box::pin(conditions::if_absent(s))),
    ("replace only if it matches", |s, _| Box::pin(conditions::if_match(s))),
    ("a large object keeps to its condition", |s, _| Box::pin(conditions::large(s))),
    ("of many creators one wins", |s, e| Box::pin(races::create(s, e))),
    ("of many creators with writers one wins", |s, e| Box::pin(races::create_with_writers(s, e))),
    ("of many replacers one wins", |s, e| Box::pin(races::replace(s, e))),
    ("no increment is lost", |s, e| Box::pin(races::increments(s, e))),
    ("neighbours come and go undisturbed", |s, e| Box::pin(races::neighbours(s, e))),
];
