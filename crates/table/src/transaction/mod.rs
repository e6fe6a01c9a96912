//! Several items at once, all or none.

mod reason;

pub use reason::{CancellationReason, ReasonKind};
