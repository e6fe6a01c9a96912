//! The local servers as SDK clients see them.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod clients;
mod dynamodb;
mod dynamodb_faults;
mod jobs;
mod lifecycle;
mod s3;
mod s3_faults;
mod ttl;
