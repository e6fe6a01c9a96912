//! Load: the items of a dump, an export or a stream go into a table.
//!
//! Readers take lines from the source; each item goes to the lane of its key, and a lane writes one
//! thing after the other, so that of two items with one key the later is written later. Lines stay
//! text: only key attributes are looked at, and an item is decoded only when DynamoDB refuses it or
//! holds another of its key.

mod batch_lane;
mod builder;
mod create_table;
mod frontier;
mod item;
mod lane_queue;
mod put_lane;
mod reader;
mod refusal;
mod rejects;
mod report;
mod run;
mod state;
mod tally;

pub use builder::{Load, LoadBuilder, WriteMode};
pub use report::{LoadReport, WritePath};
