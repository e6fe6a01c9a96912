//! Reads, with pointers resolved when they are wanted.

mod blob;
mod item;
mod pages;

pub use blob::LazyBlob;
pub use item::OffloadedItem;
pub use pages::Items;

/// How often a read follows a pointer that moves while it is followed. A collector that keeps the grace
/// never lets it come to a second time.
const ATTEMPTS: u32 = 5;
