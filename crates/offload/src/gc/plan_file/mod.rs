//! The list of what may be deleted, as a file of JSON lines: a head that says for what it was made, a
//! line for each object, an end that proves that the list is whole.

mod reader;
mod times;
mod writer;

pub(super) use reader::PlanReader;
pub(super) use times::rfc3339;
pub(super) use writer::PlanWriter;

use super::objects::ListedObject;
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};
use times::seconds;

/// The version that is written, and the newest that is read.
const VERSION: u64 = 1;

/// What a plan was made for. Applying it elsewhere, or with a shorter grace, is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanPin {
    /// The ARN of the table.
    pub table_arn: String,
    /// The bucket.
    pub bucket: String,
    /// The prefix, without slashes at its ends.
    pub prefix: String,
    /// The time of the mark by the clock of S3.
    #[serde(with = "rfc3339")]
    pub mark_time: SystemTime,
    /// Only objects that were older than this at the time of the mark are in the plan.
    #[serde(rename = "grace_seconds", with = "seconds")]
    pub grace: Duration,
    /// Whether objects that `pynamodb_mate` wrote are in it.
    pub writers_stopped: bool,
}

impl PlanPin {
    /// Objects that were written later are no candidates.
    pub(super) fn written_before(&self) -> SystemTime {
        self.mark_time.checked_sub(self.grace).unwrap_or(SystemTime::UNIX_EPOCH)
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    ddbkit_offload_plan: u64,
    id: String,
    #[serde(flatten)]
    pin: PlanPin,
}

/// An object that may be deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedObject {
    /// Its key.
    pub key: String,
    /// Its length in bytes.
    pub size: u64,
    /// When it was written.
    #[serde(with = "rfc3339")]
    pub modified: SystemTime,
}

impl From<ListedObject> for PlannedObject {
    fn from(object: ListedObject) -> Self {
        Self { key: object.key, size: object.size, modified: object.modified }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct End {
    #[serde(rename = "end")]
    last: bool,
    objects: u64,
    bytes: u64,
}
