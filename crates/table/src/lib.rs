//! Typed access to `DynamoDB` tables, and their care.
//!
//! ```
//! # use ddbkit_codec::rules::{Key, KeyType};
//! # use ddbkit_table::admin::{NewTable, TableAdmin};
//! use ddbkit_flow::Control;
//! use ddbkit_table::{Model, Table, TableErrorKind, Update, Write, attr};
//! use futures::TryStreamExt;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Debug, PartialEq, Serialize, Deserialize)]
//! struct Domain {
//!     url: String,
//!     domain: String,
//! }
//!
//! impl Model for Domain {
//!     const HASH_KEY: &'static str = "url";
//! }
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! # let server = ddbkit_local::LocalDynamoDb::start().await?;
//! # let (client, control) = (server.client(), Control::new());
//! # let admin = TableAdmin::new(client.clone());
//! # admin.create(&NewTable::new("Domain", Key::partition("url", KeyType::S)), &control).await?;
//! # admin.wait_until_ready("Domain", &control).await?;
//! let domains = Table::<Domain>::new(client, "Domain");
//! let own = Domain { url: "https://docs.rs/serde".into(), domain: "docs.rs".into() };
//! domains.put(&own).if_new().send().await?;
//!
//! // A condition that is false is an error, with the item that is there.
//! let refused = domains.put(&own).if_new().send().await.unwrap_err();
//! assert_eq!(refused.kind(), TableErrorKind::ConditionFailed);
//! let there = refused.existing().cloned().ok_or("an item")?;
//! assert_eq!(domains.read(there)?, own);
//!
//! let change = Update::new().set("domain", "serde.rs");
//! let change = domains.update(own.url.as_str(), change).condition(attr("domain").eq("docs.rs"));
//! assert_eq!(change.return_new().send().await?.item.ok_or("it")?.domain, "serde.rs");
//!
//! // Any number of items, with few requests.
//! let many = (0..60).map(|n| Domain { url: format!("https://a/{n}"), domain: "a".into() });
//! domains.batch_write(many.map(Write::Put)).send(&control).await?;
//! let all: Vec<Domain> = domains.scan().items(&control).try_collect().await?;
//! assert_eq!(all.len(), 61);
//! # Ok(())
//! # }
//! # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
//! ```
//!
//! # What to take for what
//!
//! | to | take |
//! |---|---|
//! | say what the items are | [`Model`], or [`Item`](ddbkit_codec::Item) with [`Table::describe`] or [`Table::with_keys`] |
//! | read, write, change and remove an item | [`Table::get`], [`put`](Table::put), [`update`](Table::update), [`remove`](Table::remove), [`exists`](Table::exists) |
//! | write only what was seen | [`Table::save`], and `seen` of the other writes |
//! | say conditions, filters and changes | [`attr`], [`Condition`], [`Update`], and [`raw`] for texts |
//! | read many items | [`Table::query`], [`scan`](Table::scan), [`batch_get`](Table::batch_get), an [`Index`] |
//! | write many items | [`Table::batch_write`] |
//! | do all or nothing | [`Transaction`], [`GetTransaction`] |
//! | create, describe, empty and delete tables | the module [`admin`] |
//! | keep large values in S3 | `Table::offloaded`, feature `offload` |
//!
//! # What holds
//!
//! * Numbers, sets and binaries are exact: nothing goes through a float.
//! * Requests are values and say what is wrong with them when they are sent, before anything is sent.
//! * A false condition after a lost answer is [`Ambiguous`](TableErrorKind::Ambiguous), never a refusal.
//! * An item that cannot be read is an error with its key and path, and takes no other item with it.
//! * Errors name tables, keys, attributes and positions, and show no other contents of items.

pub mod admin;
mod batch;
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

/// The examples of the guide.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/table.md")]
struct GuideDoctests;
