//! What holds for all items and all bytes.
#![allow(clippy::unwrap_used, missing_docs)]

mod bytes;
mod errors;
mod items;
mod lines;
mod records;
mod stream;
mod tape;
