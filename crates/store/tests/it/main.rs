//! Every store keeps the same rules; S3 is the embedded one, or what `DDBKIT_TEST_S3_ENDPOINT`
//! names.
#![allow(clippy::unwrap_used, missing_docs)]

mod conformance;
mod faults;
mod files;
