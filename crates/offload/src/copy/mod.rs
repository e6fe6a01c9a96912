//! Large attributes that leave their table and come to another: copied into a backup, and from there or
//! from where they are to objects that other items own.
//!
//! A [`BlobFolder`] is the part of a backup that holds values. An [`ItemCopier`] makes of an item with
//! pointers one with pointers of its own, from a [`CopySource`].

mod folder;
mod item;
mod same;
mod source;

pub use folder::BlobFolder;
pub use item::{CopiedItem, ItemCopier};
pub use same::have_same_values;
pub use source::CopySource;
