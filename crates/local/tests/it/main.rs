//! The local servers as SDK clients see them.

mod clients;
mod dynamodb;
mod dynamodb_faults;
mod lifecycle;
mod s3;
mod s3_faults;
mod ttl;
