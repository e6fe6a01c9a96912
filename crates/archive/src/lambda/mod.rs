//! The archive behind an event source mapping of Lambda.
//!
//! Lambda reads the stream and hands over batches. What it may do with them is covered by the
//! protocol of the files: it may hand a batch over again, cut elsewhere, while another invocation
//! works on it. What it must not do is to hand over the records of one shard side by side or out of
//! order, because a file says that all before its end is archived. So the mapping has a tumbling
//! window, which no mapping with parallel readers of a shard can have, and by which an event tells
//! its shard; and a record that comes too late is looked up, and refused when it is in no file.

mod batch;
mod event;
mod late;
mod metrics;

pub use batch::{LambdaArchiver, LambdaReport};
