//! From where items lie to a profile of them.

mod export;
mod lines;

pub use export::profile_export;
pub use lines::profile_lines;
