//! What DynamoDB answers, read in one place for all who pace, wait and report by it. Nothing here sends
//! a request.

mod capacity;
mod consumed;
mod failure;
mod readiness;

pub use capacity::Capacity;
pub use consumed::{consumed_by_index, consumed_units};
pub use failure::{CallFailure, CallFailureKind, THROTTLES};
pub use readiness::Readiness;
