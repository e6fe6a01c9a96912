//! A whole table, item by item: its values moved to S3 or back, texts of `pynamodb_mate` adopted.
//!
//! Each item is changed by one conditional write, so that the table may be in use. What somebody
//! changes meanwhile is left as they wrote it, and counted. The state of each segment of the scan is
//! kept in a store; the same migration goes on from there. It may run again at any time: what is
//! done already is found done.

mod adopting;
mod counts;
mod engine;
mod inward;
mod outcome;
mod outward;
mod rejects;
mod state;

pub use counts::MigrationCounts;
pub use engine::{Migration, MigrationOptions, MigrationReport};

use crate::{ItemKey, OffloadError};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue as SdkValue;
use ddbkit_flow::Control;
use std::collections::HashMap;

type Attributes = HashMap<String, SdkValue>;

/// What became of an item.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It was written.
    Changed {
        /// How many of its values moved.
        values: u64,
        /// Their bytes.
        bytes: u64,
        /// The capacity of the write.
        units: f64,
    },
    /// There is nothing to do with it.
    Unchanged,
    /// Somebody else changed it meanwhile; it is as they wrote it.
    ChangedByOthers,
    /// It cannot be done, for this reason.
    Rejected(String),
}

/// One thing that can be done with every item of a table.
#[async_trait]
pub(crate) trait Change: Send + Sync {
    /// Changes an item that was just read, strongly. Gives up when it is cancelled, with nothing written
    /// or the item whole.
    async fn apply(
        &self,
        key: &ItemKey,
        item: Attributes,
        control: &Control,
    ) -> Result<Outcome, OffloadError>;
}
