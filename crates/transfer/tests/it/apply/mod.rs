//! Incremental exports onto a table.

mod faults;
mod newer;
mod refused;
mod resume;
mod support;
mod year;
