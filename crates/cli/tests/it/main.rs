//! Black-box tests of the program.
#![allow(clippy::unwrap_used, missing_docs)]

mod convert;
mod e2e;
#[cfg(unix)]
mod guides;
mod import_lint;
#[cfg(unix)]
mod json;
mod json_page;
mod program;
mod table_bad_input;
mod table_items;
mod table_read;
mod table_whole;
