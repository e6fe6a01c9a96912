//! What a table has beside its keys and its items.

mod capture;

pub(crate) use capture::capture;
