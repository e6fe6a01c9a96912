//! DynamoDB data outside the table: a thin facade over the ddbkit crates.
//!
//! One dependency, a feature for each part; each module is a crate that can be taken alone.
//!
//! | feature | module | for |
//! |---|---|---|
//! | `codec` (default) | `codec` | items as values and as DynamoDB JSON, exact |
//! | `serde` | `codec::serde` | items from and to Rust types |
//! | `flow` | `flow` | capacity limiter, retry policy, cancellation, progress |
//! | `store`, `s3` | `store` | objects in a directory, in memory, in S3 |
//! | `export` | `export` | the layout of native exports |
//! | `jobs` | `export` | the exports and imports that the service makes |
//! | `transfer` | `transfer` | dump, load, comparison |
//! | `foreign` | `foreign` | backups that other tools wrote |
//! | `columnar` | `columnar` | Parquet and CSV |
//! | `offload` | `offload` | large attributes in S3 |
//! | `archive` | `archive` | what TTL deletes, kept |
//! | `table` | `table` | typed items, conditions, queries |
//! | `inspect` | `inspect` | what is in a table or dump, as numbers and as a page |
//! | `full` | all of them | |
//!
//! ```
//! use ddbkit::codec::Item;
//!
//! let item = Item::from_dynamodb_json(br#"{"pk":{"S":"a"},"price":{"N":"19.90"}}"#)?;
//! assert_eq!(item.to_dynamodb_json(), r#"{"pk":{"S":"a"},"price":{"N":"19.90"}}"#);
//! # Ok::<(), ddbkit::codec::DecodeError>(())
//! ```
//!
//! [`prelude`] has the names that most programs need.
//! Whole programs are in the folder `examples` of this crate; they run on servers inside the process. Two
//! more are with the typed tables: [`domain`](https://github.com/ddbkit/ddbkit/blob/main/crates/table/examples/domain.rs),
//! a key-value model, and [`log`](https://github.com/ddbkit/ddbkit/blob/main/crates/table/examples/log.rs),
//! documents found by time and status.
//! The program is `ddbkit-cli`, servers for tests are in `ddbkit-local`.
#![cfg_attr(feature = "full", doc = include_str!("first_examples.md"))]

pub mod prelude;

#[cfg(feature = "archive")]
pub use ddbkit_archive as archive;
#[cfg(feature = "codec")]
pub use ddbkit_codec as codec;
#[cfg(feature = "columnar")]
pub use ddbkit_columnar as columnar;
#[cfg(feature = "export")]
pub use ddbkit_export as export;
#[cfg(feature = "flow")]
pub use ddbkit_flow as flow;
#[cfg(feature = "foreign")]
pub use ddbkit_foreign as foreign;
#[cfg(feature = "inspect")]
pub use ddbkit_inspect as inspect;
#[cfg(feature = "offload")]
pub use ddbkit_offload as offload;
#[cfg(feature = "store")]
pub use ddbkit_store as store;
#[cfg(feature = "table")]
pub use ddbkit_table as table;
#[cfg(feature = "transfer")]
pub use ddbkit_transfer as transfer;

/// The example of the page that a registry shows.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
