//! Load: the items of a dump, an export or a stream go into a table.
//!
//! Readers take lines from the source; each item goes to the lane of its key, and a lane writes one
//! thing after the other, so that of two items with one key the later is written later. Lines stay
//! text: only key attributes are looked at, and an item is decoded only when DynamoDB refuses it or
//! holds another of its key.

mod batch_lane;
mod builder;
mod create_table;
mod estimate;
mod expiry;
mod frontier;
mod item;
mod items;
mod lane_queue;
mod newer;
mod put_lane;
mod reader;
mod refusal;
mod rejects;
mod report;
mod run;
mod state;
mod tally;
mod warnings;

pub use builder::{Load, LoadBuilder, WriteMode};
pub use estimate::LoadEstimate;
pub use expiry::Expired;
pub use items::{ItemSink, ItemSource, SourceItem};
pub use report::{LoadReport, NotApplied, WritePath};
