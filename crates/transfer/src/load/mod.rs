//! Load: the items of a dump, an export or a stream go into a table.
//!
//! Readers take lines from the source; each item goes to the lane of its key, and a lane writes one
//! thing after the other, so that of two items with one key the later is written later. Lines stay
//! text: only key attributes are looked at, and an item is decoded only when DynamoDB refuses it or
//! holds another of its key. The readers and the lane of batches serve [`apply`](crate::apply) too,
//! whose lines are records of changes.

pub(crate) mod batch_lane;
mod builder;
mod create_table;
mod deadline;
mod estimate;
mod expiry;
pub(crate) mod frontier;
pub(crate) mod given;
pub(crate) mod item;
mod items;
pub(crate) mod lane_queue;
#[cfg(feature = "offload")]
mod new_objects;
mod newer;
#[cfg(not(feature = "offload"))]
mod no_objects;
pub(crate) mod progress;
mod put_lane;
pub(crate) mod reader;
mod record;
pub(crate) mod refusal;
pub(crate) mod rejects;
mod report;
pub(crate) mod run;
mod state;
pub(crate) mod tally;
pub(crate) mod warnings;
pub(crate) mod writing;

pub use builder::{Load, LoadBuilder, WriteMode};
pub use estimate::LoadEstimate;
pub use expiry::Expired;
pub use items::{ItemSink, ItemSource, SourceItem};
pub use rejects::EarlierRejects;
pub use report::{LoadReport, NotApplied, WritePath};
