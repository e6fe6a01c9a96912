//! Black-box tests of the crate, in one binary.

mod bad_input;
mod faults;
mod options;
mod ownership;
mod policy;
mod reads;
mod support;
mod two_step;
mod writes;
