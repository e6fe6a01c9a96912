//! Requests for one item.

mod get;
mod lost_answers;
mod outcome;
mod parts;
mod put;
mod remove;
mod update;
mod versions;

pub use get::GetRequest;
pub(crate) use lost_answers::LostAnswers;
pub use outcome::Outcome;
pub(crate) use parts::Parts;
pub use put::PutRequest;
pub use remove::RemoveRequest;
pub use update::UpdateRequest;
