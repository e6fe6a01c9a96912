//! Black-box tests of the crate, in one binary.
#![allow(clippy::unwrap_used, missing_docs)]

mod bad_input;
mod engine;
mod lambda;
mod leases;
mod preflight;
mod restore;
mod scripted;
mod verify;
mod written;
