//! Every store keeps the same rules; S3 is the embedded one, or what `DDBKIT_TEST_S3_ENDPOINT`
//! names.
#![allow(clippy::unwrap_used, missing_docs)]

mod broken_stores;
mod conformance;
mod directory;
mod processes;
mod s3_answers;
mod s3_faults;
mod support;
