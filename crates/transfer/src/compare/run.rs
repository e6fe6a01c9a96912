//! A comparison from beginning to end.

use crate::compare::buckets::Buckets;
use crate::compare::contains::find_in_table;
use crate::compare::differences::{Found, find_differences};
use crate::compare::options::{CompareOptions, Comparison};
use crate::compare::source::{ItemSink, read_source};
use crate::dump::Plan;
use crate::keys::KeySchema;
use crate::pacing::Pacing;
use crate::parallel_scan::{PageSink, ParallelScan};
use crate::raw::{Page, Session};
use crate::table::describe;
use crate::{Dump, Selection, TransferError, TransferErrorKind};
use aws_sdk_dynamodb::Client;
use ddbkit_codec::Item;
use ddbkit_export::{ExportKind, ExportReader};
use ddbkit_flow::{Capacity, Control, ProgressEvent};
use std::num::NonZeroU32;
use std::sync::Arc;

/// Both sides of a comparison, and how they are read.
pub(crate) struct Sides {
    pub(crate) reader: Arc<ExportReader>,
    pub(crate) session: Session,
    pub(crate) keys: KeySchema,
    pub(crate) selection: Selection,
    pub(crate) total_segments: u32,
    /// Whether the table is read strongly, as everything but a global index can be.
    consistent_read: bool,
    pub(crate) options: CompareOptions,
}

/// Compares a dump or full export with a table, which is read strongly, and with the selection of the
/// dump: its filter and projection, its index, its query. A global index cannot be read strongly.
///
/// The memory is bounded: digests of 4,096 buckets for each side, and for naming differences at
/// most a quarter of a million keys. A dump that was made with a limit is looked for in the table,
/// as with [`CompareOptions::contains`].
///
/// ```
/// # async fn example(client: aws_sdk_dynamodb::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use ddbkit_export::ExportReader;
/// use ddbkit_flow::Control;
/// use ddbkit_store::Store;
/// use ddbkit_transfer::{CompareOptions, compare_with_table};
///
/// let dump = ExportReader::open(Store::directory("backups/orders")).await?;
/// let (options, control) = (CompareOptions::default(), Control::new());
/// let found = compare_with_table(&client, "Orders", dump, options, &control).await?;
/// for difference in found.differences {
///     println!("{:?}: {}", difference.kind, difference.key.to_dynamodb_json());
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// When a side cannot be read or the work is cancelled. A difference is no error.
pub async fn compare_with_table(
    client: &Client,
    table: &str,
    reader: ExportReader,
    options: CompareOptions,
    control: &Control,
) -> Result<Comparison, TransferError> {
    if reader.kind() == ExportKind::Incremental {
        let message = "the source is an incremental export: it holds changes, which cannot be \
                       compared with a table";
        return Err(TransferError::new(TransferErrorKind::IncrementalExport, message));
    }
    let (asked, budget) = (options.read_capacity, NonZeroU32::MIN);
    let pacing = Pacing { capacity: Capacity::Read, asked, budget };
    let session = Session::new(client.clone(), table, pacing, control);
    let info = describe(&session).await?;
    let plan = Plan::read(&reader).await?;
    let selection = plan.as_ref().map_or(Ok(Selection::default()), Plan::selection)?;
    let contains = options.contains || plan.is_some_and(|plan| plan.limit.is_some());
    selection.check(&info, false)?;
    if contains && selection.index_name.is_some() {
        let message = "a dump of an index with a limit, or one that the table may hold more than, \
                       cannot be compared: items of an index cannot be asked for by their keys";
        return Err(TransferError::new(TransferErrorKind::Options, message));
    }
    let segments =
        Dump::builder(client.clone(), table).workers(options.workers).selection(selection.clone());
    let items = reader.summary().item_count;
    let sides = Sides {
        reader: Arc::new(reader),
        keys: info.keys()?,
        total_segments: segments.segments_for(info.bytes()),
        session,
        consistent_read: selection.can_be_consistent(&info),
        selection,
        options,
    };
    let passes = if contains { 1 } else { 2 };
    control.emit(&ProgressEvent::Started { items: Some(items * passes), bytes: None });
    let comparison = if contains { find_in_table(&sides).await } else { compare(&sides).await };
    control.emit(&ProgressEvent::Finished);
    comparison
}

async fn compare(sides: &Sides) -> Result<Comparison, TransferError> {
    let (source, table) = tokio::try_join!(digest_source(sides), digest_table(sides))?;
    let (source_digest, table_digest) = (source.total(), table.total());
    let differing = source.differing(&table);
    let found = if differing.is_empty() {
        Found::default()
    } else {
        find_differences(sides, &differing).await?
    };
    Ok(Comparison {
        source_items: source_digest.count(),
        table_items: table_digest.count(),
        equal: differing.is_empty(),
        contains: false,
        differences: found.differences,
        more_differences: found.more,
        source_digest,
        table_digest: Some(table_digest),
        consumed: sides.session.consumed(),
        selection_applied: !sides.selection.is_everything(),
    })
}

impl Sides {
    /// A scan of the table as strong as it can be, through the selection of the dump.
    pub(crate) fn scan(&self) -> ParallelScan {
        ParallelScan::new(self.session.clone(), self.total_segments, self.selection.clone())
            .consistent_read(self.consistent_read)
            .workers(self.options.workers)
    }

    pub(crate) fn workers(&self) -> usize {
        self.options.workers.get().min(self.total_segments as usize)
    }

    pub(crate) fn readers(&self) -> usize {
        self.options.workers.get().min(self.reader.files().len())
    }
}

/// A key that is missing in an item of the source: left out by a projection, or no item of this
/// table.
pub(crate) fn no_key(why: &str) -> TransferError {
    let message = format!("an item cannot be compared: {why}");
    TransferError::new(TransferErrorKind::KeySchemaMismatch, message)
}

struct Digester {
    keys: KeySchema,
    buckets: Buckets,
}

impl Digester {
    fn new(keys: &KeySchema) -> Self {
        Self { keys: keys.clone(), buckets: Buckets::default() }
    }

    fn add(&mut self, item: &Item) -> Result<(), TransferError> {
        let key = self.keys.id_of(item).map_err(|why| no_key(&why))?;
        self.buckets.add(&key, item);
        Ok(())
    }
}

impl ItemSink for Digester {
    type Done = Buckets;

    async fn take(&mut self, items: Vec<Item>) -> Result<(), TransferError> {
        items.iter().try_for_each(|item| self.add(item))
    }

    async fn finish(self) -> Result<Buckets, TransferError> {
        Ok(self.buckets)
    }
}

impl PageSink for Digester {
    type Done = Buckets;

    async fn take(&mut self, _: u32, page: &Page, most: usize) -> Result<(), TransferError> {
        page.decoded(most).try_for_each(|item| self.add(&item?))
    }

    async fn finish(self) -> Result<Buckets, TransferError> {
        Ok(self.buckets)
    }
}

async fn digest_source(sides: &Sides) -> Result<Buckets, TransferError> {
    let sinks = (0..sides.readers()).map(|_| Digester::new(&sides.keys));
    let add = |sum: &mut Buckets, done: Buckets| sum.merge(&done);
    read_source(&sides.reader, sinks, sides.session.control(), Buckets::default(), add).await
}

async fn digest_table(sides: &Sides) -> Result<Buckets, TransferError> {
    let sinks = (0..sides.workers()).map(|_| Digester::new(&sides.keys));
    let add = |sum: &mut Buckets, done: Buckets| sum.merge(&done);
    sides.scan().run(sinks, Buckets::default(), add).await
}
