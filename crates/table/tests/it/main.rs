//! Black-box tests of the crate, in one binary.
//!
//! They run on the embedded servers, and on those that `DDBKIT_TEST_DYNAMODB_ENDPOINT` and
//! `DDBKIT_TEST_S3_ENDPOINT` name.
#![allow(clippy::unwrap_used, missing_docs)]

mod admin;
mod batches;
mod exact;
mod examples;
mod items;
mod never_connected;
#[cfg(feature = "offload")]
mod offloaded;
mod reads;
mod support;
mod transactions;
