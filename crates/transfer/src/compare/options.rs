//! What to compare, and what came out.

use ddbkit_codec::{ContentDigest, Item};
use ddbkit_flow::{CapacityUnits, Pace};
use std::num::NonZeroUsize;

/// How a dump is compared with a table.
#[derive(Clone, Debug)]
pub struct CompareOptions {
    /// Whether the table may hold more than the source.
    pub contains: bool,
    /// How many differing keys to name.
    pub max_diff: usize,
    /// How many segments and files are read at the same time.
    pub workers: NonZeroUsize,
    /// The read capacity to use.
    pub read_capacity: Pace,
}

const WORKERS: NonZeroUsize = NonZeroUsize::new(8).expect("not zero");

impl Default for CompareOptions {
    /// Equality, 20 keys, eight workers, half of the capacity.
    fn default() -> Self {
        Self { contains: false, max_diff: 20, workers: WORKERS, read_capacity: Pace::default() }
    }
}

/// What a comparison found.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "a report of independent answers")]
pub struct Comparison {
    /// Items in the source.
    pub source_items: u64,
    /// Items in the table; those that were asked for when it may hold more.
    pub table_items: u64,
    /// Whether the table holds what the source holds, and nothing else unless it may.
    pub equal: bool,
    /// Whether the table was allowed to hold more: asked for, or because the dump was limited.
    pub contains: bool,
    /// The first keys that differ.
    pub differences: Vec<Difference>,
    /// Whether there are more differences than are named.
    pub more_differences: bool,
    /// The digest of the source.
    pub source_digest: ContentDigest,
    /// The digest of the table; `None` when it may hold more.
    pub table_digest: Option<ContentDigest>,
    /// What DynamoDB says that the reads consumed.
    pub consumed: CapacityUnits,
    /// Whether the table was read through the filter or projection of the dump.
    pub selection_applied: bool,
}

/// One key that differs.
///
/// ```
/// use ddbkit_export::ExportReader;
/// use ddbkit_flow::Control;
/// use ddbkit_store::Store;
/// use ddbkit_transfer::{CompareOptions, Dump, DifferenceKind, Load, compare_with_table};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// # let servers = ddbkit_testkit::backend().await;
/// # let key = || ddbkit_testkit::KeySchema::hash("pk", aws_sdk_dynamodb::types::ScalarAttributeType::S);
/// # let (client, control) = (servers.dynamodb.clone(), Control::new());
/// # let orders = servers.table("orders", key()).await;
/// let load = || Load::builder(client.clone(), &orders).build();
/// load().from_reader(&br#"{"pk":{"S":"a"}}"#[..], "lines", &control).await?;
/// let backup = Store::memory();
/// Dump::builder(client.clone(), &orders).build().to_store(backup.clone(), &control).await?;
/// load().from_reader(&br#"{"pk":{"S":"b"}}"#[..], "lines", &control).await?; // after the dump
///
/// let export = ExportReader::open(backup).await?;
/// let options = CompareOptions::default();
/// let found = compare_with_table(&client, &orders, export.clone(), options, &control).await?;
/// assert!(!found.equal);
/// let difference = &found.differences[0];
/// assert_eq!(difference.kind, DifferenceKind::OnlyInTable);
/// assert_eq!(difference.key.to_dynamodb_json(), r#"{"pk":{"S":"b"}}"#);
///
/// // What a load of it would write: the table has it all.
/// let would = load().estimate_export(export, &control).await?;
/// assert_eq!((would.read, would.creates_table), (1, false));
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// In what way.
    pub kind: DifferenceKind,
    /// The key attributes.
    pub key: Item,
}

/// How a key differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DifferenceKind {
    /// The table lacks the item.
    OnlyInSource,
    /// The source lacks the item.
    OnlyInTable,
    /// Both have it, with other attributes or values.
    Different,
    /// The source has more than one item of this key.
    TwiceInSource,
}
