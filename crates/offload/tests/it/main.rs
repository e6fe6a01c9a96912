//! Black-box tests of the crate, in one binary.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod body;
mod faults;
mod gc;
mod model;
mod support;
mod writes;
