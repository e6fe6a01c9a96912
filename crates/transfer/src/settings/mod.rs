//! What a table has beside its keys and its items.

mod apply;
mod capture;
mod compare;
mod step;

pub(crate) use apply::{Outcome, apply};
pub(crate) use capture::capture;
