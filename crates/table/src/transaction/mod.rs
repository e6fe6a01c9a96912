//! Several items at once, all or none.

mod get;
mod reason;
mod write;

pub use get::{GetTransaction, GotItems};
pub use reason::{CancellationReason, ReasonKind};
pub use write::{Part, Transaction};
