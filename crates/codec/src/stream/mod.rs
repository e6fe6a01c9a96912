//! Items and records out of streams and into them, in memory that does not grow with the stream.
//!
//! * [`ItemReader`]: items from lines of DynamoDB JSON, in the frame of exports or bare.
//! * [`RecordReader`]: changes from lines of incremental exports.
//! * [`ItemWriter`]: items to such lines.
//!
//! Streams may be plain, gzip (feature `gzip`) or zstd (feature `zstd`). A line that is refused
//! does not end the reading: the next call gives the next line.

mod error;
mod items;
mod output;
mod records;
mod source;
mod writer;

pub use error::ReadError;
pub use items::ItemReader;
pub use output::Compression;
pub use records::RecordReader;
pub use writer::{Frame, ItemWriter, WriteOptions};
