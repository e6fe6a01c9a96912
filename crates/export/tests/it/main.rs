//! The public API of the crate on real, written and damaged exports.

#[cfg(feature = "aws-sdk")]
mod descriptor_sdk;
mod damage;
mod find;
mod fixtures;
mod support;
mod tolerance;
mod write;
