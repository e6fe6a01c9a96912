//! Incremental exports onto a table.

mod faults;
mod ion;
mod newer;
mod pacing;
mod refused;
mod resume;
mod support;
mod year;
