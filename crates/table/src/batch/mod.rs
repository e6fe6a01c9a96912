//! Many items in few requests.

mod report;

pub use report::BatchReport;
