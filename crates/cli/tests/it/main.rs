//! Black-box tests of the program.
#![allow(clippy::unwrap_used, clippy::format_collect, clippy::format_push_string, missing_docs)]

mod e2e;
mod program;
