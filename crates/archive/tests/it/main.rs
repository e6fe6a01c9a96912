//! Black-box tests of the crate, in one binary.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod engine;
mod model;
mod scripted;
mod servers;
mod simulation;
