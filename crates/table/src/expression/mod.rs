//! Expressions of `DynamoDB`: conditions, filters and updates as values, whose names and values become
//! placeholders when a request is made of them.

mod condition;
mod operand;
mod path;
mod placeholders;
mod raw;
mod update;

pub use condition::{AttributeType, Condition};
pub use operand::{Operand, Size};
pub(crate) use path::projection;
pub use path::{Path, attr};
pub(crate) use placeholders::{Placeholders, Rendered};
pub use raw::{Raw, raw};
#[cfg(feature = "offload")]
pub(crate) use update::Clause;
pub use update::Update;
