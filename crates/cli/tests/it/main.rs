//! Black-box tests of the program.
#![allow(clippy::unwrap_used, missing_docs)]

mod convert;
mod e2e;
mod import_lint;
mod program;
