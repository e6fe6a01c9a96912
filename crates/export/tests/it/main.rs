//! The public API of the crate on real, written and damaged exports.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod batches;
mod damage;
mod damage_of_each_file;
mod deletion;
#[cfg(feature = "aws-sdk")]
mod descriptor_sdk;
mod failing;
mod find;
mod fixtures;
mod ion;
#[cfg(feature = "aws-sdk")]
mod jobs;
mod limits;
mod lint;
mod listing;
mod merge;
mod support;
mod tolerance;
mod write;
mod write_kinds;
