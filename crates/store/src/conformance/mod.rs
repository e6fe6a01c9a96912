//! What every store must do, as a suite that can be run on one.
//!
//! Needs a place that holds nothing else, and deletes what it writes. Run it on a store of your
//! own, or on a server that speaks S3 and that you do not know.

mod conditions;
mod listing;
mod objects;
mod streaming;

use crate::{Store, StoreError};
use std::fmt;

/// A rule that a store breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What should be.
    pub rule: &'static str,
    /// What was.
    pub found: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.found)
    }
}

/// Runs all rules and returns those that are broken; none when the store conforms.
///
/// ```
/// # #[tokio::main(flavor = "multi_thread")]
/// # async fn main() {
/// let failures = ddbkit_store::conformance::run(&ddbkit_store::Store::memory()).await;
/// assert!(failures.is_empty(), "{failures:?}");
/// # }
/// ```
pub async fn run(store: &Store) -> Vec<Failure> {
    let mut suite = Suite { store: store.clone(), failures: Vec::new() };
    objects::run(&mut suite).await;
    conditions::run(&mut suite).await;
    listing::run(&mut suite).await;
    streaming::run(&mut suite).await;
    suite.clean().await;
    suite.failures
}

/// A run of the suite.
struct Suite {
    store: Store,
    failures: Vec<Failure>,
}

impl Suite {
    /// Notes whether a rule holds.
    fn check(&mut self, rule: &'static str, holds: bool, found: impl fmt::Debug) {
        if !holds {
            self.failures.push(Failure { rule, found: format!("{found:?}") });
        }
    }

    /// Notes whether two things are equal.
    fn equal<T: PartialEq + fmt::Debug>(&mut self, rule: &'static str, found: T, expected: T) {
        let holds = found == expected;
        self.check(rule, holds, (found, expected));
    }

    /// The value, or a note that there is none.
    fn value<T>(&mut self, rule: &'static str, result: Result<T, StoreError>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                let found = format!("{error} ({:?})", error.kind());
                self.failures.push(Failure { rule, found });
                None
            }
        }
    }

    async fn clean(&mut self) {
        let rule = "what the suite wrote can be deleted";
        for object in self.value(rule, self.store.list("").await).unwrap_or_default() {
            self.value(rule, self.store.delete(&object.key).await);
        }
    }
}
