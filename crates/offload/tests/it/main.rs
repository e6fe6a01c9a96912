//! Black-box tests of the crate, in one binary.
//!
//! They run on the embedded servers, and on those that `DDBKIT_TEST_DYNAMODB_ENDPOINT` and
//! `DDBKIT_TEST_S3_ENDPOINT` name.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod bad_input;
mod body;
mod faults;
mod gc;
mod migrate;
mod model;
mod options;
mod ownership;
mod policy;
mod reads;
mod storm;
mod support;
mod two_step;
mod writes;
