//! Incremental exports onto a table.

mod faults;
mod ion;
mod newer;
mod pacing;
mod refused;
mod resume;
pub(crate) mod support;
mod year;
