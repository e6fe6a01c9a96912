//! The collector: mark and sweep of objects that no item points to any more.
//!
//! `mark` reads what the items point to, `sweep` compares it with the listing, `plan` does both and
//! writes what may go to a file (`plan_file`), `apply` deletes what is in it, `verify` looks whether
//! every pointer resolves.

mod apply;
mod collector;
mod foreign;
mod mark;
mod objects;
mod owner_metadata;
mod plan;
mod plan_file;
mod pointers;
mod recheck;
mod server_time;
mod state;
mod sweep;
mod uploads;
mod verify;

pub use apply::{ApplyOptions, ApplyReport};
pub use collector::{GarbageCollector, GarbageCollectorBuilder};
pub use objects::{ListedObject, ObjectPages, ObjectSource};
pub use plan::{PlanOptions, PlanReport, PlanSources, plan_from};
pub use plan_file::{PlanPin, PlannedObject};
pub use pointers::{PointerPage, PointerPages, PointerSource};
pub use state::Applied;
pub use verify::{Problem, ProblemKind, VerifyOptions, VerifyReport};
