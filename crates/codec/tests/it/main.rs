//! What holds for all items and all bytes.
#![allow(clippy::unwrap_used, missing_docs)]

mod bad_input;
mod bytes;
mod differential;
mod errors;
mod fuzz_corpus;
mod ion;
mod ion_stream;
mod items;
mod lines;
mod plain;
mod records;
mod rules;
#[cfg(feature = "aws-sdk-dynamodb")]
mod sdk;
mod serde;
mod stream;
mod tape;
mod v1;
