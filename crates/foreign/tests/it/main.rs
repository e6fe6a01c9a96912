//! Black-box tests: sources as the tools write them, read item by item.
#![allow(clippy::unwrap_used, missing_docs)]

mod deletion;
mod dynamodump;
mod dyndump;
mod lines;
mod pipeline;
mod support;
