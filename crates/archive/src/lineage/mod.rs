//! Which shards there are, and in what order they are read.

mod discover;
mod plan;

pub(crate) use discover::children_of;
pub use discover::list_shards;

pub use plan::{LineagePlan, ShardLineage};
