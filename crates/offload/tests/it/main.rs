//! Black-box tests of the crate, in one binary.

mod faults;
mod support;
mod writes;
