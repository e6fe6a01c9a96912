//! Test servers and generators of the ddbkit workspace.
//!
//! [`backend`] gives a test a `DynamoDB` and an S3: embedded ones, or the servers that the
//! environment names.
//!
//! Whatever goes wrong here is a panic: a test without its server has failed, it is not skipped.

mod backend;
mod key_schema;

pub use backend::{Backend, backend};
pub use key_schema::KeySchema;

// So that tests inject faults without naming a second crate.
pub use ddbkit_local::{Calls, Fault, FaultRule, Faults, When};
