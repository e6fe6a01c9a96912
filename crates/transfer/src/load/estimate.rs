//! What a load would write, without writing it.

use crate::budget::ItemBudget;
use crate::keys::{KeySchema, check_same_keys, table_keys};
use crate::load::builder::{Load, LoadBuilder, WriteMode};
use crate::load::expiry::Expiry;
use crate::load::frontier::Frontiers;
use crate::load::given::{change_settings, check_source, files_of, no_descriptor, unreadable};
use crate::load::item::QueuedItem;
use crate::load::items::ItemSource;
use crate::load::lane_queue::{LaneQueue, lane_queue};
use crate::load::newer::{self, Stamp};
use crate::load::reader::{Lines, Source};
use crate::load::rejects::Rejects;
use crate::load::report::WritePath;
use crate::load::run::{Tasks, check_counts, move_items};
use crate::load::tally::Tally;
use crate::load::warnings::{Warnings, before_loading};
use crate::load::writing::Writing;
use crate::raw::{BatchRequest, Session};
use crate::table::describe;
use crate::{TransferError, TransferErrorKind};
use ddbkit_codec::RawItem;
use ddbkit_codec::rules::{TableKeys, write_units};
use ddbkit_export::{ExportReader, TableDescriptor};
use ddbkit_flow::{CapacityUnits, Control, ProgressEvent};
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// What a load would write, found by reading its source to the end; see
/// [`Load::estimate_export`](crate::Load::estimate_export).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LoadEstimate {
    /// The table.
    pub table: String,
    /// How items would be written.
    pub path: WritePath,
    /// Whether the load would create the table.
    pub creates_table: bool,
    /// Lines read. They are `items + skipped_expired + rejected`.
    pub read: u64,
    /// Items that the load would send.
    pub items: u64,
    /// Items that have expired, whatever would become of them.
    pub expired: u64,
    /// Items that the load would leave out because they have expired.
    pub skipped_expired: u64,
    /// Lines that the load would reject: no items, items that break a rule of DynamoDB, or with pointers
    /// that the table must not have. Those of which only the table knows (a condition, a size of an
    /// item collection) are not found.
    pub rejected: u64,
    /// What the load would warn of.
    pub warnings: Vec<String>,
    /// The reasons of some of the rejected lines with their places, 20 at most.
    pub reasons: Vec<String>,
    /// Bytes of the lines read.
    pub json_bytes: u64,
    /// Bytes of the items as DynamoDB counts them.
    pub item_bytes: u64,
    /// The write units of the items by DynamoDB's rule: each rounded up to 1 KB. An item that replaces
    /// or meets a larger one counts as that one does, and what indexes count beside is not known.
    pub units: CapacityUnits,
    /// The fewest requests: one for each single put, or batches of 25 items and 16 MB.
    pub requests: u64,
    /// How long the units take at the pace that was asked for; `None` without one.
    pub duration: Option<Duration>,
    /// How long it took to find out.
    pub elapsed: Duration,
}

impl Load {
    /// What [`Load::from_export`] would write. The source is read to its end; the table is described
    /// and nothing else is asked of it. Nothing is written anywhere: no item, no table, no state, no
    /// rejects. The load's options count: its limit, its mode, its pace.
    ///
    /// Memory is bounded as there.
    ///
    /// # Errors
    /// What would keep the load from beginning, a damaged source, or that the work is cancelled.
    pub async fn estimate_export(
        self,
        reader: ExportReader,
        control: &Control,
    ) -> Result<LoadEstimate, TransferError> {
        check_source(&reader)?;
        let mut descriptor = reader.descriptor().await.map_err(unreadable)?;
        change_settings(&self.options, descriptor.as_mut())?;
        let shard = self.options.shard;
        let items = Some(files_of(&reader, shard).items);
        estimate(self.options, Source::export(reader, shard), descriptor, items, control).await
    }

    /// What [`Load::from_reader`] would write; see [`Load::estimate_export`].
    ///
    /// # Errors
    /// As [`Load::estimate_export`].
    pub async fn estimate_reader(
        self,
        reader: impl Read + Send + 'static,
        name: &str,
        control: &Control,
    ) -> Result<LoadEstimate, TransferError> {
        let source = Source::stream(reader, name);
        estimate(self.options, source, None, None, control).await
    }

    /// What [`Load::from_source`] would do.
    ///
    /// # Errors
    /// As [`Load::estimate_export`], and when the source fails.
    pub async fn estimate_source(
        self,
        source: impl ItemSource,
        control: &Control,
    ) -> Result<LoadEstimate, TransferError> {
        let (items, descriptor) = (source.expected_items(), source.descriptor());
        let source = Source::Items(Box::new(source));
        estimate(self.options, source, descriptor, items, control).await
    }
}

async fn estimate(
    options: LoadBuilder,
    source: Source,
    descriptor: Option<TableDescriptor>,
    items: Option<u64>,
    control: &Control,
) -> Result<LoadEstimate, TransferError> {
    let started = Instant::now();
    let control = control.child();
    let session = Session::new(options.client.clone(), &options.table, options.pacing(), &control);
    let described = descriptor.clone().filter(|_| options.create_table);
    let table = target(&session, &options, descriptor).await?;
    let pace = session.pace_taken();
    let warnings = Warnings::new(&control);
    before_loading(&warnings, &options.table, &table, options.create_table);
    let expiry = Expiry::of(&session, &options, described.as_ref(), &warnings).await?;
    let keys = KeySchema::described(&table)?;
    newer::check(&options.mode, (!options.create_table).then_some(&keys))?;
    control.emit(&options.started(items));
    let (mode, tally, rejects) = (options.mode.clone(), Tally::default(), Rejects::noting());
    let writing = Writing {
        session,
        keys,
        lines: Lines::Items,
        mode,
        tally,
        expiry,
        warnings,
        rejects,
        #[cfg(feature = "offload")]
        pointers: options.pointers(&table, source.reader().cloned().as_ref()).await?,
        #[cfg(feature = "offload")]
        copies: None,
    };
    let writing = Arc::new(writing);
    let (rules, measure) = (rules_of(&table)?, Measure::default());
    let mut tasks = Tasks::new();
    let lane = |_| {
        let (sender, receiver) = lane_queue();
        let (writing, rules, measure) = (writing.clone(), rules.clone(), measure.clone());
        tasks.spawn(measure_lane(writing, rules, measure, receiver));
        sender
    };
    let lanes = (0..options.workers.get()).map(lane).collect();
    let budget = Arc::new(ItemBudget::new(options.limit));
    let frontiers = Arc::new(Frontiers::default());
    move_items(&writing, source, tasks, lanes, &budget, &frontiers, &control).await?;
    control.emit(&ProgressEvent::Finished);
    let writing = Arc::into_inner(writing).ok_or_else(|| {
        TransferError::new(TransferErrorKind::Internal, "a worker outlived the estimate")
    })?;
    let tally = &writing.tally;
    check_counts(tally)?;
    let measured = std::mem::take(&mut *measure.lock().unwrap_or_else(PoisonError::into_inner));
    let (items, json_bytes) = (tally.written.get(), tally.json_bytes.get());
    let (read, rejected) = (tally.read.get(), tally.rejected.get());
    let units = CapacityUnits::new(measured.units).unwrap_or_default();
    let path = options.path(options.create_table);
    Ok(LoadEstimate {
        path,
        creates_table: options.create_table,
        read,
        items,
        expired: tally.expired.get(),
        skipped_expired: tally.skipped_expired.get(),
        rejected,
        warnings: writing.warnings.into_texts(),
        reasons: writing.rejects.into_noted(),
        json_bytes,
        item_bytes: measured.item_bytes,
        units,
        requests: match path {
            WritePath::ConditionalPut => items,
            WritePath::Batch => {
                let by_bytes = measured.request_bytes.div_ceil(BatchRequest::MAX_BYTES as u64);
                items.div_ceil(BatchRequest::MAX_ITEMS as u64).max(by_bytes)
            }
        },
        duration: pace.limits.table.and_then(|pace| units.time_at(pace)),
        elapsed: started.elapsed(),
        table: options.table,
    })
}

/// The table that the load would write to: described, or as it would be created.
async fn target(
    session: &Session,
    options: &LoadBuilder,
    source: Option<TableDescriptor>,
) -> Result<TableDescriptor, TransferError> {
    let there = match describe(session).await {
        Ok(_) if options.create_table => {
            let message = format!("table {} is there already", session.table);
            return Err(TransferError::new(TransferErrorKind::TableExists, message));
        }
        Err(error) if options.create_table && error.kind() == TransferErrorKind::TableNotFound => {
            return source.ok_or_else(no_descriptor);
        }
        there => there?,
    };
    let there = there.descriptor(session)?;
    if let Some(source) = &source {
        check_same_keys(source, &there)?;
    }
    Ok(there)
}

/// What the lanes of an estimate add up.
#[derive(Default)]
struct Measured {
    item_bytes: u64,
    units: f64,
    request_bytes: u64,
}

/// The sum over all lanes.
type Measure = Arc<Mutex<Measured>>;

/// Measures what comes until the channel ends.
async fn measure_lane(
    writing: Arc<Writing>,
    keys: Arc<TableKeys>,
    measure: Measure,
    mut items: LaneQueue,
) -> Result<(), TransferError> {
    while let Some(item) = items.next().await {
        match size(&item, &keys, &writing.mode) {
            Ok(size) => {
                let mut sum = measure.lock().unwrap_or_else(PoisonError::into_inner);
                sum.item_bytes += size as u64;
                sum.units += write_units(size);
                sum.request_bytes += item.json.len() as u64;
                drop(sum);
                // As far as the counts go.
                writing.written(&item);
            }
            Err(why) => writing.reject(&item, &why).await?,
        }
    }
    Ok(())
}

/// The size of an item that can be written, in bytes; why it cannot otherwise.
fn size(item: &QueuedItem, keys: &TableKeys, mode: &WriteMode) -> Result<usize, String> {
    if let WriteMode::IfNewer(attribute) = mode {
        Stamp::of(item, attribute)?;
    }
    let decoded = RawItem::from_prefix(&item.json).and_then(|(raw, _)| raw.decode());
    let decoded = decoded.map_err(|error| error.to_string())?;
    match decoded.validate(Some(keys)) {
        Ok(()) => Ok(decoded.size()),
        Err(violations) => {
            let violations = violations.iter().map(ToString::to_string);
            Err(violations.collect::<Vec<_>>().join("; "))
        }
    }
}

/// The keys that the items of a table are held to.
fn rules_of(table: &TableDescriptor) -> Result<Arc<TableKeys>, TransferError> {
    table_keys(table).map(Arc::new).ok_or_else(|| {
        let message = "the description of the table has a key whose type is not known";
        TransferError::new(TransferErrorKind::Source, message)
    })
}
