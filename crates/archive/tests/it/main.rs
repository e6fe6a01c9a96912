//! Black-box tests of the crate, in one binary.
<<<<<<< HEAD
=======

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]
>>>>>>> c3872305dfeb8ebc3b016b1054a8e7b4c247fed0

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod bad_input;
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
