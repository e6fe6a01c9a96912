//! A load from beginning to end.

use crate::budget::ItemBudget;
use crate::checkpoint_file::{Save, saving_meanwhile};
use crate::keys::check_same_keys;
use crate::load::batch_lane::batch_lane;
use crate::load::builder::{Load, LoadBuilder};
use crate::load::create_table::create_table;
use crate::load::expiry::Expiry;
use crate::load::frontier::Frontiers;
use crate::load::given::{
    Part, change_settings, check_shard, check_source, files_of, no_descriptor, unreadable,
};
use crate::load::item::QueuedItem;
use crate::load::items::ItemSource;
use crate::load::lane_queue::lane_queue;
use crate::load::newer;
use crate::load::progress::Progress;
use crate::load::put_lane::put_lane;
use crate::load::reader::{Lines, Router, Source};
use crate::load::rejects::Rejects;
use crate::load::report::{LoadReport, WritePath};
use crate::load::state::{LoadState, Ownership};
use crate::load::tally::Tally;
use crate::load::warnings::{Warnings, before_loading};
use crate::load::writing::Writing;
use crate::raw::Session;
use crate::settings::{Outcome, apply};
use crate::table::{TableInfo, describe};
use crate::workers::join_all;
use crate::{TransferError, TransferErrorKind};
use ddbkit_export::{ExportReader, TableDescriptor};
use ddbkit_flow::{Control, ProgressEvent};
use std::io::Read;
use std::num::NonZeroUsize;
use std::sync::Arc;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How many conditional puts run for one batch worker: a put carries one item, a batch 25.
pub(crate) const PUTS_PER_WORKER: usize = 8;
/// How many batches of lines (about 1 MiB each) are in memory at the same time.
const BATCHES_IN_MEMORY: usize = 32;

pub(crate) type Tasks = JoinSet<Result<(), TransferError>>;

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
        check_source(&reader)?;
        let mut descriptor = reader.descriptor().await.map_err(unreadable)?;
        let options = self.options;
        check_shard(&options)?;
        change_settings(&options, descriptor.as_mut())?;
        let part = files_of(&reader, options.shard);
        let state = match &options.state {
            Some(store) if options.limit.is_none() => {
                Some(LoadState::open(store.clone(), &options, &reader).await?)
            }
            _ => None,
        };
        let source = Source::export(reader, options.shard);
        run(options, source, descriptor, Some(part), state, control).await
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
        if self.options.shard.is_some() {
            let message = "a stream has no data files of which a shard could take its part";
            return Err(TransferError::new(TransferErrorKind::Options, message));
        }
        let source = Source::stream(reader, name);
        run(self.options, source, None, None, None, control).await
    }

    /// Loads the items of a source of your own. It cannot be gone on with after an interruption;
    /// loading it again finds what was loaded before.
    ///
    /// Memory is bounded as in [`Load::from_export`], by what the source itself holds, and by 32
    /// batches of items of 256 KiB, or one item where that is longer.
    ///
    /// # Errors
    /// As [`Load::from_export`], and when the source fails.
    pub async fn from_source(
        self,
        source: impl ItemSource,
        control: &Control,
    ) -> Result<LoadReport, TransferError> {
        let (items, mut descriptor) = (source.expected_items(), source.descriptor());
        change_settings(&self.options, descriptor.as_mut())?;
        let source = Source::Items(Box::new(source));
        let part = items.map(|items| Part { files: 0, items });
        run(self.options, source, descriptor, part, None, control).await
    }
}

async fn run(
    options: LoadBuilder,
    source: Source,
    descriptor: Option<TableDescriptor>,
    part: Option<Part>,
    mut state: Option<LoadState>,
    control: &Control,
) -> Result<LoadReport, TransferError> {
    let started = Instant::now();
    let control = control.child();
    let session = Session::new(options.client.clone(), &options.table, options.pacing(), &control);
    let rejects = Rejects::new(options.rejects.clone(), options.max_errors);
    let begun = begin(&session, &options, descriptor.as_ref(), &rejects, &mut state);
    let (table, is_own) = Box::pin(begun).await?;
    let keys = table.keys()?;
    let described = descriptor.filter(|_| options.create_table);
    let warnings = Warnings::new(&control);
    let target = described.clone().map_or_else(|| table.descriptor(&session), Ok)?;
    before_loading(&warnings, &options.table, &target, options.create_table);
    let expiry = Expiry::of(&session, &options, described.as_ref(), &warnings).await?;
    let path = options.path(is_own);
    control.emit(&options.started(part.as_ref().map(|part| part.items)));
    #[cfg(feature = "offload")]
    let pointers = Box::pin(options.pointers(&target, source.reader().cloned().as_ref())).await?;
    let writing = Arc::new(Writing {
        session: session.clone(),
        keys,
        lines: Lines::Items,
        mode: options.mode.clone(),
        tally: Tally::default(),
        expiry,
        warnings,
        rejects,
        #[cfg(feature = "offload")]
        copies: Box::pin(options.copies(&table.description, pointers.as_ref(), &control)).await?,
        #[cfg(feature = "offload")]
        pointers,
    });
    let budget = Arc::new(ItemBudget::new(options.limit));
    let table_was_replaced = state.as_ref().is_some_and(LoadState::is_for_another);
    let rejected_earlier = state.as_ref().map(LoadState::rejected).unwrap_or_default();
    let settled = state.iter().flat_map(LoadState::settled);
    let frontiers = Arc::new(Frontiers::starting_at(settled));
    let mut tasks = Tasks::new();
    let lanes = writing_lanes(&writing, path, options.workers, &mut tasks);
    let moving = move_items(&writing, source, tasks, lanes, &budget, &frontiers, &control);
    let state = if let Some(state) = state {
        let progress = Progress { frontiers: &frontiers, rejects: &writing.rejects };
        Some(saving(state, moving, progress, options.create_table).await?)
    } else {
        moving.await?;
        None
    };
    let outcome = match &described {
        Some(descriptor) => {
            Box::pin(apply(&session, descriptor, options.auto_scaling.as_ref())).await?
        }
        None => Outcome::default(),
    };
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
        shard: options.shard,
        files: part.map_or(0, |part| part.files),
        read: tally.read.get(),
        written: tally.written.get(),
        already_equal: tally.already_equal.get(),
        skipped_different: tally.skipped_different.get(),
        expired: tally.expired.get(),
        skipped_expired: tally.skipped_expired.get(),
        not_newer: tally.not_newer.get(),
        rejected: tally.rejected.get(),
        resumed: tally.resumed.get(),
        rejected_earlier,
        table_was_replaced,
        json_bytes: tally.json_bytes.get(),
        unprocessed: tally.unprocessed.get(),
        consumed: session.consumed(),
        consumed_by_refused: session.consumed_by_refused(),
        consumed_by_index: session.consumed_by_index(),
        consumed_by_reads: session.consumed_by_reads(),
        values: writing.copied_values(),
        pace: session.pace_taken(),
        throttles: session.throttles(),
        limited: options.limit.is_some() && budget.is_spent(),
        rejects: writing.rejects.finish().await?,
        applied: outcome.applied,
        not_applied: outcome.not_applied,
        not_read: described.map(|descriptor| descriptor.not_read).unwrap_or_default(),
        warnings: writing.warnings.into_texts(),
        elapsed: started.elapsed(),
    })
}

/// A table that was created is to be gone on with; else there is nothing.
async fn forget_unless_begun(
    state: Option<LoadState>,
    options: &LoadBuilder,
    error: &TransferError,
) {
    use TransferErrorKind::{Options, TableExists};
    let may_be_there = options.create_table && !matches!(error.kind(), TableExists | Options);
    if let Some(state) = state
        && !state.is_resumed()
        && !may_be_there
    {
        state.remove().await.ok();
    }
}

impl Save for (&mut LoadState, Progress<'_>) {
    async fn save(&mut self) -> Result<(), TransferError> {
        let (state, progress) = self;
        state.save(&progress.points().await?).await
    }
}

/// Writes the checkpoint while items move, and when they stop.
async fn saving(
    mut state: LoadState,
    moving: impl Future<Output = Result<(), TransferError>>,
    progress: Progress<'_>,
    creates_table: bool,
) -> Result<LoadState, TransferError> {
    let mut saved = (&mut state, progress);
    let Err(error) = saving_meanwhile(moving, &mut saved).await else {
        // Noted before the settings come: items that were put again would be in a new stream.
        if creates_table {
            saved.save().await?;
        }
        // What is done is forgotten; what is set aside must not be.
        progress.rejects.sync().await?;
        return Ok(state);
    };
    // The error is the one to tell, not that it could not be written down either.
    if !creates_table && progress.is_nothing().await {
        state.remove().await.ok();
    } else {
        saved.save().await.ok();
    }
    Err(error)
}

/// The table to write to, as [`find_table`] has it. Nothing is created where rejects could not be kept.
async fn begin(
    session: &Session,
    options: &LoadBuilder,
    descriptor: Option<&TableDescriptor>,
    rejects: &Rejects,
    state: &mut Option<LoadState>,
) -> Result<(TableInfo, bool), TransferError> {
    let ready = rejects.prepare(state.as_ref().is_some_and(LoadState::is_resumed)).await;
    let found = match ready {
        Ok(()) => find_table(session, options, descriptor, state).await,
        Err(error) => Err(error),
    };
    match (&found, &state) {
        (Ok(_), Some(state)) => rejects.counting_from(&state.rejected()),
        (Ok(_), None) => {}
        (Err(error), _) => forget_unless_begun(state.take(), options, error).await,
    }
    found
}

/// The table to write to, created where that is asked for, and whether it is certain that this load
/// created it; the state is tied to it.
async fn find_table(
    session: &Session,
    options: &LoadBuilder,
    descriptor: Option<&TableDescriptor>,
    state: &mut Option<LoadState>,
) -> Result<(TableInfo, bool), TransferError> {
    let (table, ownership) = if options.create_table {
        newer::check(&options.mode, None)?;
        let descriptor = descriptor.ok_or_else(no_descriptor)?;
        create_table(session, descriptor, state.as_ref()).await?
    } else {
        (describe(session).await?, Ownership::None)
    };
    newer::check(&options.mode, Some(&table.keys()?))?;
    if let Some(descriptor) = descriptor {
        check_same_keys(descriptor, &table.descriptor(session)?)?;
    }
    if let Some(state) = state {
        state.pin(&table, ownership).await?;
    }
    Ok((table, ownership == Ownership::Certain))
}

/// Starts lanes for a path of writing, and hands out their entrances.
fn writing_lanes(
    writing: &Arc<Writing>,
    path: WritePath,
    workers: NonZeroUsize,
    tasks: &mut Tasks,
) -> Vec<mpsc::Sender<Vec<QueuedItem>>> {
    let lanes = match path {
        WritePath::Batch => workers.get(),
        WritePath::ConditionalPut => workers.get().saturating_mul(PUTS_PER_WORKER),
    };
    let lane = |_| {
        let (sender, receiver) = lane_queue();
        match path {
            WritePath::Batch => tasks.spawn(batch_lane(writing.clone(), receiver)),
            WritePath::ConditionalPut => tasks.spawn(put_lane(writing.clone(), receiver)),
        };
        sender
    };
    (0..lanes).map(lane).collect()
}

/// Runs readers and lanes until everything that was read is settled.
pub(crate) async fn move_items(
    writing: &Arc<Writing>,
    source: Source,
    mut tasks: Tasks,
    lanes: Vec<mpsc::Sender<Vec<QueuedItem>>>,
    budget: &Arc<ItemBudget>,
    frontiers: &Arc<Frontiers>,
    control: &Control,
) -> Result<(), TransferError> {
    let memory = Arc::new(Semaphore::new(BATCHES_IN_MEMORY));
    let router = Router::new(writing.clone(), lanes, memory, budget.clone(), frontiers.clone());
    source.spawn_readers(router, &mut tasks);
    join_all(tasks, control, (), |(), ()| ()).await?;
    Ok(control.check()?)
}

/// The promise that nothing is dropped in silence, checked at the end of every load.
pub(crate) fn check_counts(tally: &Tally) -> Result<(), TransferError> {
    let (read, settled) = (tally.read.get(), tally.settled());
    if read == settled {
        return Ok(());
    }
    let message = format!("{read} lines were read, but {settled} are accounted for");
    Err(TransferError::new(TransferErrorKind::Internal, message))
}
