//! Backups and dumps of `DynamoDB` tables that other tools wrote: told apart, read, deleted.
//!
//! * [`detect`] says which tool wrote what lies at a place, and what is in it: dyndump, dynamodump
//!   (folders, tar and zip), dynein (JSON, JSON lines, CSV), AWS Data Pipeline and the EMR export
//!   tool, dynamo-backup-to-s3, and plain files of items.
//! * [`Detected::reader`] reads the items of a table as lines of `DynamoDB` JSON, each with its place.
//! * What a tool is known to damage is a [`Damage`]; what was met while reading is counted in
//!   [`Findings`], and what becomes of values that were not written is said by [`LostValues`].
//!
//! Native exports and ddbkit's own dumps are read by `ddbkit-export`.
//!
//! ```
//! use ddbkit_foreign::{Entry, Format, LostValues, detect};
//! use ddbkit_store::{PutOptions, Store};
//! use std::ops::ControlFlow;
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = Store::memory();
//! let lines = "pk,n\n\"a\",1\n\"b\",null\n";
//! store.put("orders.csv", lines.into(), PutOptions::default()).await?;
//!
//! let found = detect(&store, "orders.csv").await?.unwrap();
//! assert_eq!(found.format, Format::PlainCsv);
//! let reader = found.reader(None, LostValues::Reject)?;
//! let items = tokio::task::spawn_blocking(move || {
//!     let mut items = Vec::new();
//!     let mut each = |_place, entry| {
//!         if let Entry::Item(line) = entry {
//!             items.push(String::from_utf8(line).unwrap());
//!         }
//!         ControlFlow::Continue(())
//!     };
//!     reader.read(&mut each).map(|()| items)
//! });
//! assert_eq!(items.await??, [r#"{"pk":{"S":"a"},"n":{"N":"1"}}"#, r#"{"pk":{"S":"b"}}"#]);
//! # Ok(())
//! # }
//! ```

mod deletion;
mod detect;
mod error;
mod format;
mod read;
mod reader;

pub use detect::{Container, Detected, SourceFile, SourceTable, detect};
pub use error::{ForeignError, ForeignErrorKind};
pub use format::{Damage, Format};
pub use read::{Each, Entry, Findings, LostValues, Place};
pub use reader::ForeignReader;

/// The example of the page that a registry shows.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
