//! Parallel dump and load of DynamoDB tables, and the proof that a dump and a table are equal.
//!
//! * [`Dump`] reads a table with a parallel Scan and writes it in the layout of a native DynamoDB
//!   export, or as a stream of lines.
//! * [`Load`] writes the items of a dump, of a native export or of a stream into a table.
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

mod budget;
mod compare;
mod dump;
mod error;
mod keys;
mod load;
mod pacing;
mod parallel_scan;
mod raw;
mod segments;
mod selection;
mod table;
mod workers;

pub use compare::{CompareOptions, Comparison, Difference, DifferenceKind, compare_with_table};
pub use dump::{Dump, DumpBuilder, DumpReport, Plan};
pub use error::{TransferError, TransferErrorKind};
pub use load::{Load, LoadBuilder, LoadReport, WriteMode, WritePath};
pub use segments::SegmentReport;
pub use selection::Selection;
