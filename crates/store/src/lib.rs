//! Named byte objects in a directory, in memory and in S3, behind one handle.
//!
//! * [`Store`] reads, writes, lists and deletes; what is written is visible whole or not at all.
//! * [`Condition`] makes a write depend on what is there: create only, or replace only what one has
//!   read. It holds among parallel writers in all three places; [`Store::probe`] proves it for a
//!   server that one does not know.
//! * [`Location`] is where a store is, as people write it: a path or `s3://bucket/prefix`.
//! * [`Backend`] is for stores of your own, and the suite in `conformance` says whether they do
//!   what is expected.
//!
//! Writing piece by piece ([`Store::writer`]) holds one part in memory, 8 MiB for objects of less
//! than 8 GB in S3; reading holds one piece. Files are read and written off the async threads.
//!
//! ```
//! use ddbkit_store::{Condition, PutOptions, Store};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), ddbkit_store::StoreError> {
//! # let place = tempfile::tempdir().unwrap();
//! # let place = place.path();
//! let store = Store::directory(place);
//! let mut writer = store.writer("backups/orders.json", PutOptions::default()).await?;
//! writer.write("{}\n".into()).await?;
//! let etag = writer.finish().await?;
//!
//! // Replaces it only if nobody else has.
//! let unchanged = PutOptions { condition: Condition::IfMatch(etag), ..PutOptions::default() };
//! store.put("backups/orders.json", "[]\n".into(), unchanged).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `s3` | objects in S3, through a ready `aws_sdk_s3::Client` |
//! | `sort` | records sorted by their keys, more of them than memory holds: the module `sort` |
//! | `conformance` | the suite for stores of your own |

mod backend;
#[cfg(feature = "conformance")]
pub mod conformance;
mod directory;
mod error;
mod key;
mod location;
mod memory;
mod object;
mod probe;
#[cfg(feature = "s3")]
mod s3;
#[cfg(feature = "sort")]
pub mod sort;
mod store;
mod transfer;

pub use backend::{Backend, BoxFuture, Upload};
pub use directory::FileReader;
pub use error::{StoreError, StoreErrorKind};
pub use location::Location;
pub use object::{Condition, ETag, ObjectMeta, PutOptions};
pub use probe::ProbeReport;
pub use store::Store;
pub use transfer::{ObjectReader, ObjectWriter};

/// The example of the page that a registry shows.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
