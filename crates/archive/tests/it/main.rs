//! Black-box tests of the crate, in one binary.

mod engine;
mod scripted;
