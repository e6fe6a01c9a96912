//! Whether a dump or export and a table hold the same items, and which keys differ.
//!
//! Both sides are digested without regard to order, in buckets by key. Where buckets differ, they
//! are read once more to name the keys. Nothing is held in memory for buckets that agree, so the
//! size of the table does not matter.

mod buckets;
mod contains;
mod differences;
mod options;
mod run;
mod source;

pub(crate) use run::no_key;
pub(crate) use source::{ItemSink, read_source};

pub use options::{CompareOptions, Comparison, Difference, DifferenceKind};
pub use run::compare_with_table;
