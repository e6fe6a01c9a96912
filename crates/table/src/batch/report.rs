//! What a batch of writes did.

use ddbkit_flow::CapacityUnits;

/// What a batch of writes did: every write that was given is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct BatchReport {
    /// Items that were put.
    pub put: u64,
    /// Keys whose item was removed, if there was one.
    pub removed: u64,
    /// Writes that were not sent because a later one of the same key was at hand.
    pub superseded: u64,
    /// How often `DynamoDB` left writes of a request unprocessed, which were sent again.
    pub retries: u64,
    /// Write capacity units that `DynamoDB` says were consumed.
    pub consumed: CapacityUnits,
}
