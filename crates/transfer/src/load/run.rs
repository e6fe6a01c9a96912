//! A load from beginning to end.

use crate::budget::ItemBudget;
use crate::keys::KeySchema;
use crate::load::batch_lane::batch_lane;
use crate::load::builder::{Load, LoadBuilder, WriteMode};
use crate::load::create_table::{apply_after_load, create_table};
use crate::load::frontier::Frontiers;
use crate::load::item::{Place, QueuedItem};
use crate::load::lane_queue::lane_queue;
use crate::load::put_lane::put_lane;
use crate::load::reader::{Router, Source};
use crate::load::rejects::Rejects;
use crate::load::report::{LoadReport, WritePath};
use crate::load::state::LoadState;
use crate::load::tally::Tally;
use crate::raw::Session;
use crate::table::{TableInfo, describe, wait_until_active};
use crate::workers::join_all;
use crate::{TransferError, TransferErrorKind};
use ddbkit_export::{ExportKind, ExportReader, ManifestCheck, TableDescriptor};
use ddbkit_flow::{Control, ProgressEvent};
use std::io::Read;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How many conditional puts run for one batch worker: a put carries one item, a batch 25.
const PUTS_PER_WORKER: usize = 8;
/// How many batches of lines (about 1 MiB each) are in memory at the same time.
const BATCHES_IN_MEMORY: usize = 32;

/// What the lanes of a load share.
pub(crate) struct Writing {
    pub(crate) session: Session,
    pub(crate) keys: KeySchema,
    pub(crate) tally: Tally,
    rejects: Rejects,
}

impl Writing {
    pub(crate) fn control(&self) -> &Control {
        self.session.control()
    }

    pub(crate) fn written(&self, item: &QueuedItem) {
        self.tally.written.add(1);
        self.advanced(item);
    }

    pub(crate) fn advanced(&self, item: &QueuedItem) {
        item.ticket.settle();
        let bytes = item.line.len() as u64;
        self.control().emit(&ProgressEvent::Advanced { items: 1, bytes });
    }

    pub(crate) async fn reject(&self, item: &QueuedItem, why: &str) -> Result<(), TransferError> {
        self.reject_line(&item.line, &item.place, why).await?;
        item.ticket.settle();
        Ok(())
    }

    pub(crate) async fn reject_line(
        &self,
        line: &[u8],
        place: &Place,
        why: &str,
    ) -> Result<(), TransferError> {
        self.rejects.add(line, place, why).await?;
        self.tally.rejected.add(1);
        self.control().emit(&ProgressEvent::Rejected);
        Ok(())
    }
}

impl Load {
    /// Loads a full export or a dump.
    ///
    /// Memory is bounded by 32 MiB of lines, the buffers of the readers, and one batch (16 MB at
    /// most, 25 items in general) for each worker, whatever the size of the source.
    ///
    /// # Errors
    /// When the source is damaged or holds only changes, the table cannot be written, or the work
    /// is cancelled. Items that are refused are no error while there is a rejects file.
    pub async fn from_export(
        self,
        reader: ExportReader,
        control: &Control,
    ) -> Result<LoadReport, TransferError> {
        if reader.kind() == ExportKind::Incremental {
            let message = "the source is an incremental export: it holds changes, which are \
                           applied to a table, not loaded";
            return Err(TransferError::new(TransferErrorKind::IncrementalExport, message));
        }
        if reader.files_check() == ManifestCheck::Mismatch {
            let message = format!(
                "{} does not have its checksum: the list of data files is damaged",
                reader.root_store().describe("manifest-files.json")
            );
            return Err(TransferError::new(TransferErrorKind::Source, message));
        }
        let descriptor = reader.descriptor().await.map_err(unreadable)?;
        let items = Some(reader.summary().item_count);
        let options = self.options;
        let state = match &options.state {
            Some(store) if options.limit.is_none() => Some(
                LoadState::open(
                    store.clone(),
                    &options.table,
                    options.mode,
                    options.create_table,
                    &reader,
                )
                .await?,
            ),
            _ => None,
        };
        let source = Source::export(reader);
        run(options, source, descriptor, items, state, control).await
    }

    /// Loads lines of DynamoDB JSON: `{"Item":{...}}` as in exports, or bare items. Plain, gzip
    /// and zstd are told apart by their first bytes. `name` stands for the stream in messages.
    ///
    /// # Errors
    /// As [`Load::from_export`].
    pub async fn from_reader(
        self,
        reader: impl Read + Send + 'static,
        name: &str,
        control: &Control,
    ) -> Result<LoadReport, TransferError> {
        let source = Source::stream(reader, name);
        run(self.options, source, None, None, None, control).await
    }
}

async fn run(
    options: LoadBuilder,
    source: Source,
    descriptor: Option<TableDescriptor>,
    items: Option<u64>,
    mut state: Option<LoadState>,
    control: &Control,
) -> Result<LoadReport, TransferError> {
    let started = Instant::now();
    let control = control.child();
    let session = Session::new(options.client.clone(), &options.table, options.pacing(), &control);
    let mut not_applied = Vec::new();
    let table =
        match find_table(&session, &options, descriptor.as_ref(), &mut state, &mut not_applied)
            .await
        {
            Ok(table) => table,
            Err(error) => {
                // A table that was created is to be gone on with; else there is nothing.
                let may_be_there = options.create_table
                    && !matches!(
                        error.kind(),
                        TransferErrorKind::TableExists | TransferErrorKind::Options
                    );
                if let Some(state) = state
                    && !state.is_resumed()
                    && !may_be_there
                {
                    state.remove().await.ok();
                }
                return Err(error);
            }
        };
    let keys = table.keys()?;
    let path = match options.mode {
        WriteMode::Overwrite => WritePath::Batch,
        // Nothing can be replaced in a table that this very run made.
        WriteMode::SkipExisting if options.create_table => WritePath::Batch,
        WriteMode::SkipExisting => WritePath::ConditionalPut,
    };
    control.emit(&ProgressEvent::Started {
        items: match (items, options.limit) {
            (Some(items), Some(limit)) => Some(items.min(limit)),
            (items, limit) => items.or(limit),
        },
        bytes: None,
    });
    let rejects = Rejects::new(options.rejects.clone());
    let writing =
        Arc::new(Writing { session: session.clone(), keys, tally: Tally::default(), rejects });
    let budget = Arc::new(ItemBudget::new(options.limit));
    let table_was_replaced = state.as_ref().is_some_and(LoadState::is_for_another);
    let settled = state.iter().flat_map(LoadState::settled);
    let frontiers = Arc::new(Frontiers::starting_at(settled));
    let moving = move_items(&writing, source, path, &options, &budget, &frontiers, &control);
    let moving = async { moving.await.and_then(|()| Ok(control.check()?)) };
    let state = if let Some(state) = state {
        Some(saving(state, moving, &frontiers, options.create_table).await?)
    } else {
        moving.await?;
        None
    };
    if options.create_table
        && let Some(descriptor) = &descriptor
    {
        apply_after_load(&session, descriptor, &mut not_applied).await;
    }
    if let Some(state) = state {
        state.remove().await?;
    }
    control.emit(&ProgressEvent::Finished);
    let writing = Arc::into_inner(writing).ok_or_else(|| {
        TransferError::new(TransferErrorKind::Internal, "a worker outlived the load")
    })?;
    let tally = &writing.tally;
    check_counts(tally)?;
    Ok(LoadReport {
        table: options.table,
        path,
        created_table: options.create_table,
        read: tally.read.get(),
        written: tally.written.get(),
        already_equal: tally.already_equal.get(),
        skipped_different: tally.skipped_different.get(),
        rejected: tally.rejected.get(),
        resumed: tally.resumed.get(),
        table_was_replaced,
        json_bytes: tally.json_bytes.get(),
        unprocessed: tally.unprocessed.get(),
        consumed: session.consumed(),
        consumed_by_index: session.consumed_by_index(),
        pace: session.pace_taken(),
        throttles: session.throttles(),
        limited: options.limit.is_some() && budget.is_spent(),
        rejects: writing.rejects.finish().await?,
        not_applied,
        elapsed: started.elapsed(),
    })
}

/// Writes the checkpoint while items move, and when they stop.
async fn saving(
    mut state: LoadState,
    moving: impl Future<Output = Result<(), TransferError>>,
    frontiers: &Frontiers,
    creates_table: bool,
) -> Result<LoadState, TransferError> {
    let moved = tokio::select! {
        moved = moving => moved,
        failed = state.keep_saving(|| frontiers.lines()) => Err(failed),
    };
    let Err(error) = moved else { return Ok(state) };
    let lines = frontiers.lines();
    let is_untouched = !creates_table && lines.values().all(|line| *line == 0);
    // The error is the one to tell, not that it could not be written down either.
    if is_untouched {
        state.remove().await.ok();
    } else {
        state.save(&lines).await.ok();
    }
    Err(error)
}

/// The table to write to, created where that is asked for; and the state tied to it.
async fn find_table(
    session: &Session,
    options: &LoadBuilder,
    descriptor: Option<&TableDescriptor>,
    state: &mut Option<LoadState>,
    not_applied: &mut Vec<String>,
) -> Result<TableInfo, TransferError> {
    let table = if options.create_table {
        let descriptor = descriptor.ok_or_else(no_descriptor)?;
        let may_be_ours = state.as_ref().is_some_and(LoadState::may_have_created);
        let created = create_table(session, descriptor, not_applied).await;
        match created {
            Err(error) if may_be_ours && error.kind() == TransferErrorKind::TableExists => {}
            created => created?,
        }
        wait_until_active(session).await?
    } else {
        describe(session).await?
    };
    if let Some(descriptor) = descriptor {
        check_same_keys(descriptor, &table.descriptor)?;
    }
    if let Some(state) = state {
        state.pin(&table).await?;
    }
    Ok(table)
}

/// Runs readers and lanes until everything that was read is settled.
async fn move_items(
    writing: &Arc<Writing>,
    source: Source,
    path: WritePath,
    options: &LoadBuilder,
    budget: &Arc<ItemBudget>,
    frontiers: &Arc<Frontiers>,
    control: &Control,
) -> Result<(), TransferError> {
    let workers = options.workers.get();
    let lanes = match path {
        WritePath::Batch => workers,
        WritePath::ConditionalPut => workers.saturating_mul(PUTS_PER_WORKER),
    };
    let mut tasks = JoinSet::new();
    let mut senders = Vec::with_capacity(lanes);
    for _ in 0..lanes {
        let (sender, receiver) = lane_queue();
        senders.push(sender);
        match path {
            WritePath::Batch => tasks.spawn(batch_lane(writing.clone(), receiver)),
            WritePath::ConditionalPut => tasks.spawn(put_lane(writing.clone(), receiver)),
        };
    }
    let memory = Arc::new(Semaphore::new(BATCHES_IN_MEMORY));
    let router = Router::new(writing.clone(), senders, memory, budget.clone(), frontiers.clone());
    source.spawn_readers(router, &mut tasks);
    join_all(tasks, control, (), |(), ()| ()).await
}

/// The promise that nothing is dropped in silence, checked at the end of every load.
fn check_counts(tally: &Tally) -> Result<(), TransferError> {
    let (read, settled) = (tally.read.get(), tally.settled());
    if read == settled {
        return Ok(());
    }
    let message = format!("{read} lines were read, but {settled} are accounted for");
    Err(TransferError::new(TransferErrorKind::Internal, message))
}

pub(crate) fn unreadable(error: ddbkit_export::ExportError) -> TransferError {
    TransferError::caused(TransferErrorKind::Source, "the source cannot be read", error)
}

fn no_descriptor() -> TransferError {
    let message = "the source has no description of its table (_ddbkit/table.json), so the table \
                   cannot be created from it";
    TransferError::new(TransferErrorKind::Options, message)
}

fn check_same_keys(
    source: &TableDescriptor,
    target: &TableDescriptor,
) -> Result<(), TransferError> {
    let read = |descriptor: &TableDescriptor| {
        descriptor.key_schema().map_err(|error| {
            let message = "the key of the table cannot be read from its description";
            TransferError::caused(TransferErrorKind::Source, message, error)
        })
    };
    let (source, target) = (read(source)?, read(target)?);
    if source == target {
        return Ok(());
    }
    let show = |key: &ddbkit_export::KeySchema| {
        let parts = std::iter::once(&key.hash).chain(&key.range);
        let parts = parts.map(|part| format!("{} ({})", part.name, part.attribute_type));
        parts.collect::<Vec<_>>().join(" + ")
    };
    let message = format!(
        "the items have the key {}, but the table has the key {}",
        show(&source),
        show(&target)
    );
    Err(TransferError::new(TransferErrorKind::KeySchemaMismatch, message))
}
