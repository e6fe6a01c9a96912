//! Black-box tests of the crate, in one binary.

#![allow(clippy::unwrap_used, missing_docs, reason = "a panic is how a test fails")]

mod bad_input;
mod childless;
mod engine;
#[cfg(feature = "lambda")]
mod lambda;
mod leases;
mod model;
mod preflight;
mod restore;
mod scripted;
mod servers;
mod simulation;
mod verify;
mod whole;
mod written;
