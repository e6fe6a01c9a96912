//! How records become files.

mod buffer;
mod file;

pub use buffer::{ArchiveLine, LineBuffer};
pub use file::{ArchiveSink, Committed};
