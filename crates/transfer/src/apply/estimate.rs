//! What an apply would do, without doing it.

use crate::apply::bookkeeping::Bookkeeping;
use crate::apply::builder::{Apply, ApplyBuilder, NewerBy};
use crate::apply::guarded_lane::{Guard, size};
use crate::apply::run::Begun;
use crate::apply::stamp::{Standing, stamped};
use crate::apply::windows;
use crate::budget::ItemBudget;
use crate::keys::table_keys;
use crate::load::frontier::Frontiers;
use crate::load::item::{Change, QueuedItem};
use crate::load::lane_queue::{LaneQueue, lane_queue};
use crate::load::reader::Source;
use crate::load::rejects::Rejects;
use crate::load::run::{Tasks, check_counts, move_items};
use crate::load::writing::Writing;
use crate::{TransferError, TransferErrorKind};
use ddbkit_codec::rules::{TableKeys, transactional_write_units, update_units};
use ddbkit_codec::{Item, RawItem};
use ddbkit_export::ExportReader;
use ddbkit_flow::{Capacity, CapacityUnits, Control, ProgressEvent};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

/// What an apply would do, found by reading its exports to the end; see [`Apply::estimate`]. The
/// counts add up: `read = puts + deletes + already_applied + newer + rejected`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ApplyEstimate {
    /// The table.
    pub table: String,
    /// How it would be known what is newer.
    pub newer_by: NewerBy,
    /// Incremental exports.
    pub windows: u64,
    /// The start of the first window.
    pub from: SystemTime,
    /// The end of the last window.
    pub to: SystemTime,
    /// Lines read.
    pub read: u64,
    /// Records whose item would be put.
    pub puts: u64,
    /// Records whose item would be deleted.
    pub deletes: u64,
    /// Records that were applied before.
    pub already_applied: u64,
    /// Records of whose key the table has something newer.
    pub newer: u64,
    /// Lines that would be rejected: no records, or items that break a rule of DynamoDB. Those of
    /// which only the table knows are not found.
    pub rejected: u64,
    /// The reasons of some of the rejected lines with their places, 20 at most.
    pub reasons: Vec<String>,
    /// What would be warned of.
    pub warnings: Vec<String>,
    /// Bytes of the lines read.
    pub json_bytes: u64,
    /// The write units of the table by DynamoDB's rule, the double for a transaction. Where the
    /// export has the old image, an item that replaces or deletes a larger one counts as that one
    /// does. What indexes count beside is not known.
    pub units: CapacityUnits,
    /// The write units of the bookkeeping, where there would be one.
    pub bookkeeping_units: CapacityUnits,
    /// Whether the apply would create the bookkeeping.
    pub creates_bookkeeping: bool,
    /// What DynamoDB says that looking for newer items consumed, in read units.
    pub consumed: CapacityUnits,
    /// How long the units take at the pace that was asked for; `None` without one.
    pub duration: Option<Duration>,
    /// How long it took to find out.
    pub elapsed: Duration,
}

impl Apply {
    /// What [`Apply::run`] would do. The exports are read to their end; where something newer may be
    /// known, it is asked for by key, with as much of the read capacity as of the write capacity was
    /// to be used. Nothing is written anywhere: no item, no table, no state, no rejects.
    ///
    /// Memory is bounded as there.
    ///
    /// # Errors
    /// As [`Apply::run`], as far as nothing is written.
    ///
    /// ```
    /// use ddbkit_export::{
    ///     ExportId, ExportReader, ExportWriter, IncrementalWindow, OutputView, SummaryFields,
    ///     WriterOptions,
    /// };
    /// use ddbkit_flow::Control;
    /// use ddbkit_store::Store;
    /// use ddbkit_transfer::Apply;
    /// use std::time::{Duration, SystemTime};
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// # let servers = ddbkit_testkit::backend().await;
    /// # let key = || ddbkit_testkit::KeySchema::hash("pk", aws_sdk_dynamodb::types::ScalarAttributeType::S);
    /// # let (client, control) = (servers.dynamodb.clone(), Control::new());
    /// # let orders = servers.table("orders", key()).await;
    /// // An incremental export; `DynamoDB` writes the like.
    /// let (store, from) = (Store::memory(), SystemTime::now() - Duration::from_secs(7200));
    /// let window =
    ///     IncrementalWindow { from, to: from + Duration::from_secs(3600), view: OutputView::NewImage };
    /// let options = WriterOptions { window: Some(window), ..WriterOptions::default() };
    /// let writer = ExportWriter::create(store.clone(), ExportId::generate(from, 1), options).await?;
    /// let mut file = writer.data_file().await?;
    /// let record = concat!(
    ///     r#"{"Metadata":{"WriteTimestampMicros":{"N":"1700000000000000"}},"Keys":{"pk":{"S":"a"}},"#,
    ///     r#""NewImage":{"pk":{"S":"a"},"n":{"N":"1"}}}"#,
    ///     "\n",
    /// );
    /// file.write_lines(record.into(), 1).await?;
    /// let file = file.finish().await?.file;
    /// # let fields = SummaryFields {
    /// #     table_arn: "arn:aws:dynamodb:eu-west-1:123456789012:table/T".to_owned(),
    /// #     table_id: None,
    /// #     start_time: from,
    /// #     end_time: window.to,
    /// #     export_time: from,
    /// #     s3_sse_algorithm: None,
    /// #     s3_sse_kms_key_id: None,
    /// #     billed_size_bytes: 0,
    /// # };
    /// writer.finish(fields, vec![file]).await?;
    ///
    /// let exports = vec![ExportReader::open(store).await?];
    /// let would = Apply::builder(client, &orders).build().estimate(exports, &control).await?;
    /// assert_eq!((would.read, would.puts, would.deletes), (1, 1, 0));
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    pub async fn estimate(
        self,
        exports: Vec<ExportReader>,
        control: &Control,
    ) -> Result<ApplyEstimate, TransferError> {
        let (started, options) = (Instant::now(), self.options);
        let control = control.child();
        let begun =
            Begun::new(&options, exports, Capacity::Read, Rejects::noting(), &control).await?;
        let Begun { table, windows, writing } = begun;
        let session = writing.session.clone();
        let guard = match &options.newer_by {
            NewerBy::Order => None,
            NewerBy::Attribute(name) => Some(Guard::Attribute(name.clone())),
            NewerBy::Bookkeeping(name) => {
                let read = Capacity::Read;
                let found = Bookkeeping::find(name, &options, &table, &session, read).await?;
                found.map(Guard::Bookkeeping)
            }
        };
        let has_notes = matches!(options.newer_by, NewerBy::Bookkeeping(_));
        let rules = table_keys(&table.descriptor(&session)?).ok_or_else(|| {
            let message = "DynamoDB describes the table with a key whose type is not known";
            TransferError::new(TransferErrorKind::Service, message)
        })?;
        let judge = Arc::new(Judge { guard, has_notes, rules, units: Mutex::default() });
        control.emit(&windows::started(&windows));
        for window in &windows {
            let source = Source::export(window.export.clone(), None);
            read_window(&writing, &judge, &options, source, &control).await?;
        }
        control.emit(&ProgressEvent::Finished);
        let (Some(judge), Some(writing)) = (Arc::into_inner(judge), Arc::into_inner(writing))
        else {
            let message = "a worker outlived the estimate";
            return Err(TransferError::new(TransferErrorKind::Internal, message));
        };
        let tally = &writing.tally;
        check_counts(tally)?;
        let [units, bookkeeping_units] = judge
            .units
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
            .map(|units| CapacityUnits::new(units).unwrap_or_default());
        let pace = options.pacing(Capacity::Write).taken(&table.description);
        let consumed = match &judge.guard {
            Some(Guard::Bookkeeping(notes)) => notes.session().consumed(),
            _ => session.consumed(),
        };
        Ok(ApplyEstimate {
            windows: windows.len() as u64,
            from: windows.first().map_or(UNIX_EPOCH, |window| window.from),
            to: windows.last().map_or(UNIX_EPOCH, |window| window.to),
            read: tally.read.get(),
            puts: tally.written.get(),
            deletes: tally.deleted.get(),
            already_applied: tally.already_equal.get(),
            newer: tally.not_newer.get(),
            rejected: tally.rejected.get(),
            json_bytes: tally.json_bytes.get(),
            reasons: writing.rejects.into_noted(),
            warnings: writing.warnings.into_texts(),
            units,
            bookkeeping_units,
            creates_bookkeeping: has_notes && judge.guard.is_none(),
            consumed,
            duration: pace.limits.table.and_then(|pace| units.time_at(pace)),
            elapsed: started.elapsed(),
            table: options.table,
            newer_by: options.newer_by,
        })
    }
}

/// Reads one window with lanes that judge instead of write.
async fn read_window(
    writing: &Arc<Writing>,
    judge: &Arc<Judge>,
    options: &ApplyBuilder,
    source: Source,
    control: &Control,
) -> Result<(), TransferError> {
    let mut tasks = Tasks::new();
    let lane = |_| {
        let (sender, queue) = lane_queue();
        tasks.spawn(judging_lane(writing.clone(), judge.clone(), queue));
        sender
    };
    let lanes = (0..options.workers.get()).map(lane).collect();
    let (budget, frontiers) = (Arc::new(ItemBudget::new(None)), Arc::new(Frontiers::default()));
    move_items(writing, source, tasks, lanes, &budget, &frontiers, control).await
}

/// Says what would become of a record.
struct Judge {
    guard: Option<Guard>,
    /// Whether a note is written with each record, though there may be no bookkeeping yet.
    has_notes: bool,
    rules: TableKeys,
    /// Of the table and of the bookkeeping.
    units: Mutex<[f64; 2]>,
}

async fn judging_lane(
    writing: Arc<Writing>,
    judge: Arc<Judge>,
    mut items: LaneQueue,
) -> Result<(), TransferError> {
    while let Some(item) = items.next().await {
        let Some(change) = item.change.as_deref() else { continue };
        let size = match judge.size(&item, change) {
            Ok(size) => size,
            Err(why) => {
                writing.reject(&item, &why).await?;
                continue;
            }
        };
        match judge.standing(&writing, &item, change).await? {
            Standing::Newer => {
                judge.add(size, change);
                // As far as the counts go.
                writing.written(&item);
            }
            Standing::Same => {
                writing.tally.already_equal.add(1);
                writing.advanced(&item);
            }
            Standing::Older => {
                writing.tally.not_newer.add(1);
                writing.advanced(&item);
            }
            Standing::Unknown => {
                let why =
                    "the item in the table, or the note about it, has no number to compare by";
                writing.reject(&item, why).await?;
            }
        }
    }
    Ok(())
}

impl Judge {
    /// The size of what is put, nothing for a delete; why it would be rejected otherwise.
    fn size(&self, item: &QueuedItem, change: &Change) -> Result<usize, String> {
        if change.is_delete {
            return Ok(0);
        }
        let stamped = match &self.guard {
            Some(Guard::Attribute(name)) => Some(stamped(&item.json, name, change.micros)?),
            _ => None,
        };
        let json = stamped.as_deref().unwrap_or(&item.json);
        let decoded = RawItem::from_prefix(json).and_then(|(raw, _)| raw.decode());
        let decoded = decoded.map_err(|error| error.to_string())?;
        match decoded.validate(Some(&self.rules)) {
            Ok(()) => Ok(decoded.size()),
            Err(violations) => {
                let violations = violations.iter().map(ToString::to_string);
                Err(violations.collect::<Vec<_>>().join("; "))
            }
        }
    }

    async fn standing(
        &self,
        writing: &Writing,
        item: &QueuedItem,
        change: &Change,
    ) -> Result<Standing, TransferError> {
        match &self.guard {
            None => Ok(Standing::Newer),
            Some(Guard::Bookkeeping(notes)) => notes.standing(&item.key, change.micros).await,
            Some(Guard::Attribute(name)) => {
                // That the key can be decoded was seen when it was read.
                let key = Item::from_dynamodb_json(&change.keys).unwrap_or_default();
                let there = writing.session.get_attribute(key, name).await?;
                Ok(Standing::of(change.micros, &there.unwrap_or_default(), name))
            }
        }
    }

    fn add(&self, after: usize, change: &Change) {
        let before = change.old_image.as_deref().map_or(0, size);
        let (mut units, mut of_notes) = (update_units(before, after), 0.0);
        if self.has_notes {
            units = transactional_write_units(before.max(after));
            of_notes = transactional_write_units(Bookkeeping::note_size(change));
        }
        let mut sum = self.units.lock().unwrap_or_else(PoisonError::into_inner);
        let [of_table, of_bookkeeping] = &mut *sum;
        *of_table += units;
        *of_bookkeeping += of_notes;
    }
}
