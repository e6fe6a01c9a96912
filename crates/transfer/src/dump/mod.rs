//! Dump: a table becomes an export tree or a stream of lines.
//!
//! Workers take segments of a parallel Scan from one queue, so a long segment leaves no tail.
//! Items stay the bytes that DynamoDB sent. A page goes whole into one data file, and a file is
//! closed at a page boundary only. What is in closed files stands in a journal, from which the same
//! dump goes on.

mod builder;
mod claim;
mod estimate;
mod finish;
mod journal;
mod plan;
mod report;
mod sink;
mod to_store;
mod to_writer;
mod worker;

pub use builder::{Dump, DumpBuilder};
pub use estimate::DumpEstimate;
pub use plan::Plan;
pub use report::{CopiedValues, DumpReport};
