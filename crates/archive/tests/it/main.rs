//! Black-box tests of the crate, in one binary.

#![allow(clippy::unwrap_used, missing_docs, reason = "a panic is how a test fails")]

mod model;
mod restore;
mod verify;
mod written;
