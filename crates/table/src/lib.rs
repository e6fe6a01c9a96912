//! Typed access to `DynamoDB` tables.

pub mod admin;
mod batch;
mod error;
mod expression;
mod key;
mod model;
mod requests;
mod table;
mod transaction;

pub use batch::BatchReport;
pub use error::{TableError, TableErrorKind};
pub use expression::{AttributeType, Condition, Operand, Path, Raw, Size, Update, attr, raw};
pub use key::{Key, KeySchema};
pub use model::Model;
pub use requests::{GetRequest, Outcome, PutRequest, RemoveRequest, UpdateRequest};
pub use table::Table;
pub use transaction::{CancellationReason, ReasonKind};
