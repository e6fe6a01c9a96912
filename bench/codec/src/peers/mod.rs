//! What a competent user writes with the crates of today.

pub mod borrowed;
pub mod ion;
pub mod order;
pub mod owned;
