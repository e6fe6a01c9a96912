//! Tests of the crate from outside.
#![allow(clippy::unwrap_used, clippy::float_cmp, clippy::cast_precision_loss, reason = "tests")]

mod bad_input;
mod bounds;
mod exports;
mod known;
mod merged;
mod support;
