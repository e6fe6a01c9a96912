//! Many items: queries and scans.

mod fetch;
mod page;
mod pages;
mod query;
mod range;
mod request;
mod scan;
mod typed;

pub use page::Page;
pub use query::Query;
pub use range::Range;
pub use request::ReadRequest;
pub use scan::Scan;
pub(crate) use typed::{Attributes, RawPage, RawPages};
