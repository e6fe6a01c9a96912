//! Black-box tests of the crate, in one binary.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod bad_input;
mod body;
mod faults;
mod gc;
mod migrate;
mod model;
mod options;
mod ownership;
mod policy;
mod reads;
mod support;
mod two_step;
mod writes;
