//! The care of tables: create, describe, wait, list, time to live, stream, truncate, delete.
//!
//! [`TableAdmin`] is a client with these calls on it. A table that does not exist yet is a
//! [`NewTable`]; what `DynamoDB` says of one that does is a [`TableSummary`].
//!
//! ```
//! use ddbkit_codec::rules::{Key, KeyType};
//! use ddbkit_flow::Control;
//! use ddbkit_table::admin::{Creation, GlobalIndex, NewTable, TableAdmin};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! # let server = ddbkit_local::LocalDynamoDb::start().await?;
//! # let client = server.client();
//! let admin = TableAdmin::new(client);
//! let log = NewTable::new("Log", Key::partition("updated_at", KeyType::S))
//!     .global_index(GlobalIndex::new("Status", Key::partition("status", KeyType::S)))
//!     .time_to_live("expires");
//!
//! let control = Control::new();
//! assert_eq!(admin.create_if_absent(&log, &control).await?, Creation::Made);
//! let table = admin.wait_until_ready("Log", &control).await?;
//! assert_eq!(table.indexes[0].name, "Status");
//! assert_eq!(admin.create_if_absent(&log, &control).await?, Creation::WasThere);
//! # Ok(())
//! # }
//! # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
//! ```

mod absent;
mod billing;
mod create;
mod delete;
mod describe;
mod index;
mod list;
mod new_table;
mod recreate;
mod schema;
mod stream;
mod summary;
mod time_to_live;
mod truncate;
mod wait;

pub use absent::Creation;
pub use billing::Billing;
pub use index::{GlobalIndex, LocalIndex, Projected};
pub use new_table::NewTable;
pub use recreate::Recreation;
pub use summary::{IndexSummary, StreamSummary, TableSummary};
pub use time_to_live::TimeToLive;
pub use truncate::{TruncateOptions, Truncated};

use aws_sdk_dynamodb::Client;

/// A client of `DynamoDB` with the calls that care for tables.
///
/// Everything that waits takes a [`Control`](ddbkit_flow::Control): its cancellation is looked at
/// between two requests, and what is waited for goes to its progress. Requests are boxed: what they hold
/// while they wait would make the futures of callers large.
///
/// ```
/// use aws_sdk_dynamodb::types::StreamViewType;
/// use ddbkit_codec::rules::{Key, KeyType};
/// use ddbkit_flow::Control;
/// use ddbkit_table::admin::{NewTable, TableAdmin, TruncateOptions};
/// use futures::TryStreamExt;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = ddbkit_local::LocalDynamoDb::start().await?;
/// # let client = server.client();
/// let (admin, control) = (TableAdmin::new(client), Control::new());
/// let log = NewTable::new("Log", Key::partition("id", KeyType::S)).tag("team", "web");
/// admin.create(&log, &control).await?;
/// admin.wait_until_ready("Log", &control).await?;
/// assert_eq!(admin.list().try_collect::<Vec<_>>().await?, ["Log"]);
///
/// admin.enable_time_to_live("Log", "expires", &control).await?;
/// admin.enable_stream("Log", StreamViewType::NewImage, &control).await?;
/// let table = admin.describe("Log").await?;
/// assert_eq!(table.stream.map(|stream| stream.view), Some(StreamViewType::NewImage));
/// assert_eq!(admin.tags(&table.arn).await?, [("team".to_owned(), "web".to_owned())]);
/// admin.disable_stream("Log", &control).await?;
///
/// // Two ways to empty a table: by its items, or by making it anew.
/// let deleted = admin.truncate("Log", &TruncateOptions::default(), &control).await?;
/// assert_eq!(deleted.items, 0);
/// let plan = admin.plan_recreation("Log", &control).await?;
/// for what in plan.lost() {
///     println!("{} will not have {what}", plan.table());
/// }
/// admin.recreate(plan, &control).await?;
///
/// admin.disable_time_to_live("Log", &control).await?;
/// admin.delete("Log", &control).await?;
/// admin.wait_until_gone("Log", &control).await?;
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct TableAdmin {
    client: Client,
}

impl TableAdmin {
    /// With a client that is ready to use.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self { client }
    }
}
