//! Black-box tests of the crate, in one binary.

mod body;
mod faults;
mod migrate;
mod support;
mod writes;
