//! The descriptor from and to the types of the AWS SDK.

mod create;
mod describe;
