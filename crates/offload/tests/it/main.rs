//! Black-box tests of the crate, in one binary.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod faults;
mod gc;
mod model;
mod storm;
mod support;
mod writes;
