//! Parquet and CSV from `DynamoDB` items: schemas inferred, decimals exact, nothing dropped in
//! silence.
//!
//! * [`SchemaInference`] looks at all items and finds a [`Schema`] that holds them; one can be given
//!   as JSON as well.
//! * [`ParquetWriter`] writes items as rows: exact decimals, maps as structs, lists and sets as lists,
//!   what has no one type as text of `DynamoDB` JSON.
//! * [`CsvWriter`] writes CSV for people, or the CSV that `ImportTable` takes.
//! * [`ParquetReader`] and [`CsvReader`] give rows as items, what other programs wrote too.
//! * [`KeySorter`] puts items in the order of their keys, more of them than memory holds.
//!
//! All of it is synchronous and writes to any [`Write`](std::io::Write). Types of `arrow` and `parquet`
//! are in no signature.
//!
//! ```
//! use ddbkit_codec::Tape;
//! use ddbkit_columnar::{ParquetWriter, ParquetOptions, SchemaInference};
//!
//! let lines = [r#"{"pk":{"S":"a"},"n":{"N":"1.25"}}"#, r#"{"pk":{"S":"b"}}"#];
//! let mut tape = Tape::new();
//! let mut inference = SchemaInference::default();
//! for line in lines {
//!     inference.add(tape.read_line(line.as_bytes())?)?;
//! }
//! let inferred = inference.finish(&["pk"])?;
//!
//! let options = ParquetOptions::default();
//! let mut writer = ParquetWriter::new(Vec::new(), &inferred.schema, &inferred.notes, options)?;
//! for line in lines {
//!     writer.write(tape.read_line(line.as_bytes())?)?;
//! }
//! let (bytes, report) = writer.finish()?;
//! assert!(bytes.starts_with(b"PAR1"));
//! assert_eq!((report.items, report.left_out), (2, 0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod csv;
mod error;
mod parquet;
mod read;
mod schema;
mod sort;

pub use csv::{CsvForm, CsvWriter, ImportKey};
pub use error::{ColumnarError, ColumnarErrorKind};
pub use parquet::{ParquetOptions, ParquetWriter};
pub use read::{CsvReadOptions, CsvReader, ParquetInfo, ParquetReader, ReadRow};
pub use schema::{
    Column, ColumnType, Inferred, MAX_COLUMNS, Note, NoteKind, Schema, SchemaInference,
};
pub use sort::{KeySorter, SortedItems};

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WriteReport {
    /// Items, each one row.
    pub items: u64,
    /// Values of attributes that have no column. There are none where the schema was inferred from
    /// the same items.
    pub left_out: u64,
    /// NULL values, which are null like attributes that are not there.
    pub nulls: u64,
}

/// The example of the page that a registry shows.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
