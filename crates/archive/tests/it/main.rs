//! Black-box tests of the crate, in one binary.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod engine;
#[cfg(feature = "lambda")]
mod lambda;
mod leases;
mod preflight;
mod restore;
mod scripted;
mod verify;
mod whole;
mod written;
