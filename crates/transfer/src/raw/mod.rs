//! Requests whose items pass as bytes.
//!
//! DynamoDB speaks JSON in which an item already has the form of an export line. Decoding it into
//! values only to write the same text again costs most of the time of a dump, so here a page is
//! cut into items by matching brackets, and a batch is spliced from lines. Retries, credentials
//! and signatures stay the SDK's: the answer is taken out of its HTTP client, the body of a
//! request is set before it is signed.

mod answered;
mod batch_delete;
mod batch_write;
mod conditional_delete;
mod get;
mod http_client;
mod page;
mod put;
mod query;
mod scan;
mod session;
mod transaction;

pub(crate) use answered::answered;
pub(crate) use batch_write::{BatchOutcome, BatchRequest, BatchWrite};
pub(crate) use conditional_delete::DeleteOutcome;
pub(crate) use page::Page;
pub(crate) use put::{PutCondition, PutOutcome};
pub(crate) use scan::ScanRequest;
pub(crate) use session::{Session, WRITE_ATTEMPTS};
pub(crate) use transaction::{Transaction, TransactionOutcome};
