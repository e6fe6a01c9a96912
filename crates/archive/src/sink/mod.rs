//! How records become files.

mod buffer;
mod file;
#[cfg(feature = "offload")]
pub(crate) mod values;

pub use buffer::{ArchiveLine, LineBuffer};
pub use file::{ArchiveSink, Committed, CopiedValues};
#[cfg(feature = "offload")]
pub use values::ValueCopies;
