//! Typed access to `DynamoDB` tables.

pub mod admin;
mod batch;
mod capacity;
mod error;
mod expression;
mod index;
mod key;
mod model;
#[cfg(feature = "offload")]
mod offloaded;
#[cfg(not(feature = "offload"))]
#[path = "offloaded/none.rs"]
mod offloaded;
mod read;
mod requests;
mod table;
mod transaction;

pub use batch::{BatchGetRequest, BatchReport, BatchWriteRequest, Write};
pub use error::{TableError, TableErrorKind};
pub use expression::{AttributeType, Condition, Operand, Path, Raw, Size, Update, attr, raw};
pub use index::Index;
pub use key::{Key, KeySchema};
pub use model::Model;
pub use read::{Page, Query, Range, ReadRequest, Scan};
pub use requests::{GetRequest, Outcome, PutRequest, RemoveRequest, UpdateRequest};
pub use table::Table;
pub use transaction::{
    CancellationReason, GetTransaction, GotItems, Part, ReasonKind, Transaction,
};

/// The example of the page that a registry shows.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
