//! Test servers and generators of the ddbkit workspace.
//!
//! [`backend`] gives a test a `DynamoDB` and an S3: embedded ones, or the servers that the
//! environment names. [`items`] makes the items to put in, and
//! [`year`] a table that changes, with its native exports. [`streams`] is a stream of many shards that
//! no local server has.
//!
//! Whatever goes wrong here is a panic: a test without its server has failed, it is not skipped.

mod backend;
pub mod items;
mod key_schema;
pub mod streams;
mod table;
pub mod year;

pub use backend::{Backend, backend};
pub use key_schema::KeySchema;
pub use table::{put_all, scan_all};

// So that tests inject faults without naming a second crate.
pub use ddbkit_local::{Calls, Fault, FaultRule, Faults, When};
