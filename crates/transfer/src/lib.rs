//! Parallel dump and load of DynamoDB tables, and the proof that a dump and a table are equal.
//!
//! * [`Dump`] reads a table with a parallel Scan and writes it in the layout of a native DynamoDB
//!   export, or as a stream of lines.
//! * [`Load`] writes the items of a dump, of a native export or of a stream into a table.
//! * [`Apply`] puts what changed, from incremental exports, onto a table.
//! * [`delete_extra`] deletes what a table has and the source has not, so that it is a mirror.
//! * [`compare_with_table`] proves that a dump and a table hold the same items, or names the keys
//!   that differ.
//!
//! All take a ready [`aws_sdk_dynamodb::Client`] and a [`Control`](ddbkit_flow::Control) by which
//! they are watched and stopped. Items are not decoded on the way: a page of a Scan is cut into
//! lines, and a batch is spliced from lines.
//!
//! ```no_run
//! use ddbkit_flow::Control;
//! use ddbkit_store::Store;
//! use ddbkit_transfer::{Dump, TransferError};
//!
//! # async fn example(client: aws_sdk_dynamodb::Client) -> Result<(), TransferError> {
//! let dump = Dump::builder(client, "Orders").consistent_read(true).build();
//! let report = dump.to_store(Store::directory("backup"), &Control::new()).await?;
//! assert_eq!(report.limited, false);
//! # Ok(())
//! # }
//! ```

mod apply;
mod budget;
mod checkpoint_file;
mod compare;
mod dump;
mod error;
mod file_points;
mod keys;
mod load;
mod mirror;
mod pacing;
mod parallel_scan;
#[cfg(feature = "offload")]
mod pointers;
mod raw;
mod segments;
mod selection;
mod settings;
mod shard;
mod table;
mod table_pin;
mod workers;

pub use apply::{Apply, ApplyBuilder, ApplyEstimate, ApplyReport, BookkeepingReport, NewerBy};
pub use compare::{CompareOptions, Comparison, Difference, DifferenceKind, compare_with_table};
pub use dump::{CopiedValues, Dump, DumpBuilder, DumpEstimate, DumpReport, Plan};
pub use error::{TransferError, TransferErrorKind};
pub use load::{
    EarlierRejects, Expired, ItemSink, ItemSource, Load, LoadBuilder, LoadEstimate, LoadReport,
    NotApplied, SourceItem, WriteMode, WritePath,
};
pub use mirror::{ExtraReport, MirrorOptions, delete_extra};
pub use pacing::TablePace;
#[cfg(feature = "offload")]
pub use pointers::{ValuesReport, verify_values};
pub use segments::SegmentReport;
pub use selection::Selection;
pub use shard::Shard;

/// The example of the page that a registry shows.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
