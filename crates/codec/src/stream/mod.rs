//! Items and records out of streams and into them, in memory that does not grow with the stream.
//!
//! * [`ItemReader`]: items from lines of DynamoDB JSON, in the frame of exports or bare.
//! * [`RecordReader`]: changes from lines of incremental exports.
//! * `IonItemReader`: items from Amazon Ion, text or binary (feature `ion`).
//! * [`ItemWriter`]: items to lines of DynamoDB JSON.
//!
//! Streams may be plain, gzip (feature `gzip`) or zstd (feature `zstd`). A line that is refused
//! does not end the reading: the next call gives the next line.

mod error;
#[cfg(feature = "ion")]
mod ion;
mod items;
mod output;
mod records;
mod source;
mod writer;

pub use error::ReadError;
#[cfg(feature = "ion")]
pub use ion::IonItemReader;
pub use items::ItemReader;
pub use output::Compression;
pub use records::RecordReader;
pub use writer::{Frame, ItemWriter, WriteOptions};
