//! The workers that read the stream and write the archive.

mod archiver;
mod begin;
mod context;
mod counters;
mod iterator;
mod older;
mod options;
mod page;
mod run;
mod shard;
mod take;

pub use archiver::TtlArchiver;
pub use counters::{ArchiveReport, ClassCounts, ShardProgress, StreamCalls};
pub use options::{ArchiverOptions, OnGap};
