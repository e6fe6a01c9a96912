//! Black-box tests of the facade.
#![allow(clippy::unwrap_used, missing_docs)]

mod examples;
