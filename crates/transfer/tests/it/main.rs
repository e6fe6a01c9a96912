//! Black-box tests of dump, load and comparison against a DynamoDB.
//!
//! They run on the embedded servers, and on those that `DDBKIT_TEST_DYNAMODB_ENDPOINT` and
//! `DDBKIT_TEST_S3_ENDPOINT` name.
#![allow(clippy::unwrap_used, missing_docs)]

mod apply;
mod auto_scaling;
mod compare;
mod control;
mod create_table;
mod dump_ion;
mod dump_resume;
mod estimate;
mod faults;
mod if_newer;
mod ion;
mod load_modes;
mod load_shards;
mod mirror;
mod own_source;
mod pacing;
#[cfg(feature = "offload")]
mod pointer_copies;
#[cfg(feature = "offload")]
mod pointers;
mod readers;
mod rejects;
mod resume;
mod round_trip;
mod scripted;
mod selections;
mod shards;
mod signing;
mod support;
mod table_settings;
mod warnings;
