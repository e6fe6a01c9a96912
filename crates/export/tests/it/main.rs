//! The public API of the crate on real, written and damaged exports.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod damage;
mod deletion;
#[cfg(feature = "aws-sdk")]
mod descriptor_sdk;
mod failing;
mod find;
mod fixtures;
mod lint;
mod support;
mod tolerance;
mod write;
