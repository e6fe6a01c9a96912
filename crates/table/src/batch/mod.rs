//! Many items in few requests.

mod get;
mod pause;
mod report;
mod write;

pub use get::BatchGetRequest;
pub use report::BatchReport;
pub use write::{BatchWriteRequest, Write};
