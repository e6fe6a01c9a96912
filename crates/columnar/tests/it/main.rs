//! The public API of the crate: items out to files, and read back by other readers.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod csv;
mod duckdb;
mod formats;
mod parquet;
mod read;
mod read_csv;
mod rows;
