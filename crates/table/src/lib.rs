//! Typed access to a `DynamoDB` table, and its care.

pub mod admin;
mod error;

pub use error::{TableError, TableErrorKind};
