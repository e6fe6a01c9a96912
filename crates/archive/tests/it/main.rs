//! Black-box tests of the crate, in one binary.
#![allow(clippy::unwrap_used, missing_docs)]

mod lambda;
mod restore;
mod verify;
mod written;
