//! Rules that make a local server misbehave on purpose.

mod rule;
mod schedule;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use rule::{Calls, FaultRule};
pub use schedule::When;

use rule::Rule;

/// One way in which a service or the network between fails.
///
/// A fault that has nothing to work on, for instance a torn body where the answer has none, leaves
/// the answer alone and is not counted as injected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// `BatchWriteItem` applies the first half of each table's requests, rounded down, and returns
    /// the others as `UnprocessedItems`. Only `BatchWriteItem` is affected.
    UnprocessedItems,
    /// `BatchWriteItem` applies nothing and returns everything as `UnprocessedItems`.
    AllUnprocessed,
    /// The call is refused unapplied: `ProvisionedThroughputExceededException` (400) from
    /// `DynamoDB`, `SlowDown` (503) from S3.
    Throttle,
    /// The call is refused unapplied: `InternalServerError` (500) from `DynamoDB`, `InternalError`
    /// (500) from S3.
    InternalServerError,
    /// The call is refused unapplied because the credentials have expired: `ExpiredTokenException`
    /// (400) from `DynamoDB`, `ExpiredToken` (400) from S3.
    ExpiredCredentials,
    /// The call is applied; the answer has an honest `content-length`, and the connection closes
    /// after half of the body.
    TornBody,
    /// The call is applied, then the connection closes without an answer.
    LostAnswer,
    /// The call is applied; one byte of the answer's body is changed while its checksum headers
    /// stay. Where the body has a digit to change, JSON stays valid JSON: the fault that only a
    /// checksum finds.
    WrongChecksum,
    /// The call is passed on after this time. A delay adds up with other faults of the same call.
    Delay(Duration),
}

/// The faults of one local server; clones share their rules.
///
/// Rules are asked in the order in which they were added. The first one that fires decides what
/// happens to the call, and rules after it do not see that call.
///
/// ```
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use ddbkit_local::{Calls, Fault, LocalDynamoDb, When};
///
/// let dynamodb = LocalDynamoDb::start().await?;
/// // The next two writes are throttled, and every third page of a scan arrives torn.
/// let throttle = dynamodb.faults().inject(Fault::Throttle, When::Next(2), "PutItem");
/// dynamodb.faults().inject(Fault::TornBody, When::Every(3), Calls::of("Scan"));
///
/// let tables = dynamodb.client().list_tables().send().await?;
/// assert!(tables.table_names().is_empty());
/// assert_eq!(throttle.injected(), 0); // ListTables is not PutItem
/// dynamodb.faults().clear();
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Clone, Debug, Default)]
pub struct Faults {
    rules: Arc<Mutex<Vec<Arc<Rule>>>>,
}

impl Faults {
    /// Adds a rule: `fault` happens to those of `calls` that `when` says.
    ///
    /// The handle counts what was really injected; dropping it leaves the rule in force.
    #[allow(clippy::must_use_candidate, reason = "adding the rule is the purpose")]
    pub fn inject(&self, fault: Fault, when: When, calls: impl Into<Calls>) -> FaultRule {
        let rule = Arc::new(Rule::new(fault, when, calls.into()));
        self.lock().push(Arc::clone(&rule));
        FaultRule::new(rule)
    }

    /// Removes all rules. Their handles keep their counts.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// How many faults the rules in force have injected.
    #[must_use]
    pub fn injected(&self) -> u64 {
        self.lock().iter().map(|rule| rule.injected()).sum()
    }

    /// What is to happen to a call, and the rules that say so.
    pub(crate) fn decide(&self, operation: &str, path: &str) -> Decision {
        let mut decision = Decision::default();
        for rule in self.lock().iter() {
            if !rule.fires(operation, path) {
                continue;
            }
            if let Fault::Delay(delay) = rule.fault() {
                rule.count();
                decision.delay += delay;
            } else {
                decision.rule = Some(Arc::clone(rule));
                break;
            }
        }
        decision
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Rule>>> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What happens to one call.
#[derive(Debug, Default)]
pub(crate) struct Decision {
    pub(crate) delay: Duration,
    rule: Option<Arc<Rule>>,
}

impl Decision {
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.rule.as_ref().map(|rule| rule.fault())
    }

    /// Counts the fault as injected.
    pub(crate) fn count(&self) {
        if let Some(rule) = &self.rule {
            rule.count();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fired(faults: &Faults, calls: u64, operation: &str) -> Vec<u64> {
        (1..=calls).filter(|_| faults.decide(operation, "/").fault().is_some()).collect()
    }

    #[test]
    fn first_rule_that_fires_decides_and_later_ones_do_not_see_the_call() {
        let faults = Faults::default();
        faults.inject(Fault::Throttle, When::Once, "Scan");
        faults.inject(Fault::TornBody, When::Once, "Scan");
        let seen: Vec<_> = (0..3).map(|_| faults.decide("Scan", "/").fault()).collect();
        assert_eq!(seen, [Some(Fault::Throttle), Some(Fault::TornBody), None]);
    }

    #[test]
    fn other_operations_do_not_advance_a_rule() {
        let faults = Faults::default();
        faults.inject(Fault::Throttle, When::Nth(2), "Scan");
        assert!(fired(&faults, 5, "Query").is_empty());
        assert_eq!(fired(&faults, 3, "Scan"), [2]);
    }

    #[test]
    fn delays_add_up_with_another_fault() {
        let faults = Faults::default();
        let delay =
            faults.inject(Fault::Delay(Duration::from_secs(1)), When::Every(1), Calls::all());
        faults.inject(Fault::Delay(Duration::from_secs(2)), When::Every(1), Calls::all());
        faults.inject(Fault::LostAnswer, When::Once, Calls::all());
        let decision = faults.decide("PutItem", "/");
        assert_eq!(decision.delay, Duration::from_secs(3));
        assert_eq!(decision.fault(), Some(Fault::LostAnswer));
        assert_eq!(delay.injected(), 1);
    }

    #[test]
    fn batch_faults_only_touch_batch_writes() {
        let faults = Faults::default();
        faults.inject(Fault::AllUnprocessed, When::Every(1), Calls::all());
        assert_eq!(faults.decide("PutItem", "/").fault(), None);
        assert_eq!(faults.decide("BatchWriteItem", "/").fault(), Some(Fault::AllUnprocessed));
    }

    #[test]
    fn removed_rules_are_silent_and_keep_their_count() {
        let faults = Faults::default();
        let rule = faults.inject(
            Fault::Throttle,
            When::Every(1),
            Calls::of("PutObject").on_path("manifest"),
        );
        assert_eq!(faults.decide("PutObject", "/b/data").fault(), None);
        let decision = faults.decide("PutObject", "/b/manifest.json");
        assert_eq!(decision.fault(), Some(Fault::Throttle));
        decision.count();
        faults.clear();
        assert_eq!(faults.decide("PutObject", "/b/manifest.json").fault(), None);
        assert_eq!((rule.injected(), faults.injected()), (1, 0));
    }
}
