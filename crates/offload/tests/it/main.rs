//! Black-box tests of the crate, in one binary.

mod body;
mod faults;
mod support;
mod writes;
