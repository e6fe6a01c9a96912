//! Apply: what incremental exports tell of changes goes onto a table.
//!
//! The windows go one after the other, each with the readers and lanes of a load: records of one key
//! go through one lane, in their order. Each record has the whole item as it was at the end of its
//! window, or tells that there was none, so that writing it again changes nothing.

mod bookkeeping;
mod builder;
mod estimate;
mod guarded_lane;
mod report;
mod run;
mod stamp;
mod state;
mod windows;

pub use builder::{Apply, ApplyBuilder, NewerBy};
pub use estimate::ApplyEstimate;
pub use report::{ApplyReport, BookkeepingReport};
