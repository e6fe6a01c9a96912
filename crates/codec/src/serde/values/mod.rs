//! Our own types in whatever format: exact in ours, DynamoDB JSON in others.

mod number;
mod read;
mod write;
