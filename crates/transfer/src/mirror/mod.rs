//! Deletes the items of a table that the source does not have.
//!
//! The keys of both sides go to files on disk, in buckets by their digest, and are compared bucket by
//! bucket. Nothing is deleted before both sides were read to their end.

mod key_files;
mod options;
mod run;
mod table_keys;

pub use options::{ExtraReport, MirrorOptions};
pub use run::delete_extra;
