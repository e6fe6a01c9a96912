//! Which calls a rule is about, and how often it has fired.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::Fault;
use super::schedule::{Schedule, When};

/// The calls that a rule is about.
///
/// Operations have AWS's names: `"BatchWriteItem"`, `"Scan"`, `"PutObject"`, `"UploadPart"`. For S3
/// the name follows from the method, the path and the query.
///
/// ```
/// use ddbkit_local::Calls;
///
/// let summary = Calls::of("PutObject").on_path("manifest-summary.json");
/// let scans: Calls = "Scan".into();
/// let everything = Calls::all();
/// # let _ = (summary, scans, everything);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Calls {
    operation: Option<String>,
    path_part: Option<String>,
}

impl Calls {
    /// Every call.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// The calls of one operation.
    #[must_use]
    pub fn of(operation: impl Into<String>) -> Self {
        Self { operation: Some(operation.into()), path_part: None }
    }

    /// Only those whose path, percent-encoded as it is sent, contains `part`.
    ///
    /// The path of an S3 call is `/bucket/key`; that of a `DynamoDB` call is always `/`.
    #[must_use]
    pub fn on_path(mut self, part: impl Into<String>) -> Self {
        self.path_part = Some(part.into());
        self
    }

    fn contain(&self, operation: &str, path: &str) -> bool {
        self.operation.as_ref().is_none_or(|wanted| wanted == operation)
            && self.path_part.as_ref().is_none_or(|part| path.contains(part))
    }
}

impl From<&str> for Calls {
    fn from(operation: &str) -> Self {
        Self::of(operation)
    }
}

/// The handle of one rule, from [`Faults::inject`](crate::Faults::inject).
#[derive(Clone, Debug)]
pub struct FaultRule {
    rule: Arc<Rule>,
}

impl FaultRule {
    pub(super) fn new(rule: Arc<Rule>) -> Self {
        Self { rule }
    }

    /// How many times the fault was really injected.
    ///
    /// A test that injects a fault and does not assert on this proves nothing.
    #[must_use]
    pub fn injected(&self) -> u64 {
        self.rule.injected()
    }
}

/// A rule in force.
#[derive(Debug)]
pub(super) struct Rule {
    fault: Fault,
    calls: Calls,
    schedule: Mutex<Schedule>,
    injected: AtomicU64,
}

impl Rule {
    pub(super) fn new(fault: Fault, when: When, calls: Calls) -> Self {
        Self {
            fault,
            calls,
            schedule: Mutex::new(Schedule::new(when)),
            injected: AtomicU64::new(0),
        }
    }

    pub(super) fn fault(&self) -> Fault {
        self.fault
    }

    /// Whether the rule wants this call; a call that it is about moves its schedule on.
    pub(super) fn fires(&self, operation: &str, path: &str) -> bool {
        let applicable = match self.fault {
            Fault::UnprocessedItems | Fault::AllUnprocessed => operation == "BatchWriteItem",
            _ => true,
        };
        applicable
            && self.calls.contain(operation, path)
            && self.schedule.lock().unwrap_or_else(PoisonError::into_inner).next()
    }

    pub(super) fn count(&self) {
        self.injected.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn injected(&self) -> u64 {
        self.injected.load(Ordering::Relaxed)
    }
}
