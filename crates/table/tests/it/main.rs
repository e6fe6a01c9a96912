//! Black-box tests of the crate, in one binary.
//!
//! They run on the embedded server, and on the one that `DDBKIT_TEST_DYNAMODB_ENDPOINT` names.
#![allow(clippy::unwrap_used, missing_docs)]

mod admin;
mod items;
mod support;
