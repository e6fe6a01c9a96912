//! An apply from beginning to end.

use crate::apply::bookkeeping::Bookkeeping;
use crate::apply::builder::{Apply, ApplyBuilder, NewerBy};
use crate::apply::guarded_lane::{Guard, guarded_lane};
use crate::apply::report::{ApplyReport, BookkeepingReport};
use crate::apply::state::ApplyState;
use crate::apply::windows::{self, Window};
use crate::budget::ItemBudget;
use crate::checkpoint_file::{Save, saving_meanwhile};
use crate::keys::KeySchema;
use crate::load::batch_lane::batch_lane;
use crate::load::frontier::Frontiers;
use crate::load::item::QueuedItem;
use crate::load::lane_queue::lane_queue;
use crate::load::progress::Progress;
use crate::load::reader::{Lines, Source};
use crate::load::rejects::Rejects;
use crate::load::run::{PUTS_PER_WORKER, Tasks, check_counts, move_items};
use crate::load::tally::Tally;
use crate::load::warnings::{Warnings, before_loading};
use crate::load::writing::Writing;
#[cfg(feature = "offload")]
use crate::pointers::Pointers;
use crate::raw::Session;
use crate::table::{TableInfo, describe};
use crate::{TransferError, TransferErrorKind, WriteMode};
use ddbkit_export::ExportReader;
use ddbkit_flow::{Capacity, Control, ProgressEvent};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::time::Instant;

impl Apply {
    /// Applies incremental exports, in the order of their windows whatever the order they are given
    /// in. A window begins when all records of the one before it are settled.
    ///
    /// Memory is bounded by 32 MiB of lines, the buffers of the readers, and one batch (16 MB at
    /// most, 25 records in general) for each worker, or eight records where each is written by
    /// itself; whatever the size and the number of the exports. A list of their data files is held.
    ///
    /// # Errors
    /// [`WindowGap`](TransferErrorKind::WindowGap),
    /// [`WindowOverlap`](TransferErrorKind::WindowOverlap) and
    /// [`OtherTable`](TransferErrorKind::OtherTable) when the exports do not follow each other,
    /// [`FullExport`](TransferErrorKind::FullExport), when an export is damaged, the table has
    /// another key or cannot be written, or the work is cancelled. Records that are refused are no
    /// error while there is a rejects file.
    pub async fn run(
        self,
        exports: Vec<ExportReader>,
        control: &Control,
    ) -> Result<ApplyReport, TransferError> {
        let (started, options) = (Instant::now(), self.options);
        let control = control.child();
        let rejects = Rejects::new(options.rejects.clone(), None);
        let begun = Begun::new(&options, exports, Capacity::Write, rejects, &control).await?;
        let Begun { table, windows, writing } = begun;
        let session = writing.session.clone();
        let state = match &options.state {
            Some(store) => Some(ApplyState::open(store.clone(), &options, &table, &windows).await?),
            None => None,
        };
        let is_resumed = state.as_ref().is_some_and(ApplyState::is_resumed);
        let guard = match guard(&writing, &options, &table, is_resumed).await {
            Ok(guard) => guard.map(Arc::new),
            Err(error) => {
                if let Some(state) = state {
                    state.forget_unless_begun(&writing.rejects).await;
                }
                return Err(error);
            }
        };
        let rejected_earlier = state.as_ref().map(ApplyState::rejected).unwrap_or_default();
        let table_was_replaced = state.as_ref().is_some_and(|state| state.is_for_another);
        control.emit(&windows::started(&windows));
        apply_all(&writing, guard.as_ref(), &options, &windows, state, &control).await?;
        control.emit(&ProgressEvent::Finished);
        let writing = Arc::into_inner(writing).ok_or_else(|| {
            TransferError::new(TransferErrorKind::Internal, "a worker outlived the apply")
        })?;
        let tally = &writing.tally;
        check_counts(tally)?;
        Ok(ApplyReport {
            windows: windows.len() as u64,
            from: windows.first().map_or(std::time::UNIX_EPOCH, |window| window.from),
            to: windows.last().map_or(std::time::UNIX_EPOCH, |window| window.to),
            files: windows.iter().map(|window| window.export.files().len() as u64).sum(),
            read: tally.read.get(),
            puts: tally.written.get(),
            deletes: tally.deleted.get(),
            already_applied: tally.already_equal.get(),
            newer: tally.not_newer.get(),
            rejected: tally.rejected.get(),
            resumed: tally.resumed.get(),
            rejected_earlier,
            table_was_replaced,
            json_bytes: tally.json_bytes.get(),
            consumed: session.consumed(),
            consumed_by_refused: session.consumed_by_refused(),
            consumed_by_index: session.consumed_by_index(),
            bookkeeping: match guard.as_deref() {
                Some(Guard::Bookkeeping(notes)) => Some(BookkeepingReport {
                    table: notes.session().table.to_string(),
                    created: notes.is_new,
                    consumed: notes.session().consumed(),
                    consumed_by_refused: notes.session().consumed_by_refused(),
                }),
                _ => None,
            },
            pace: session.pace_taken(),
            throttles: session.throttles(),
            unprocessed: tally.unprocessed.get(),
            rejects: writing.rejects.finish().await?,
            warnings: writing.warnings.into_texts(),
            elapsed: started.elapsed(),
            table: options.table,
            newer_by: options.newer_by,
        })
    }
}

/// What an apply and its estimate begin with: everything is looked at, nothing is changed.
pub(super) struct Begun {
    pub(super) table: TableInfo,
    pub(super) windows: Vec<Window>,
    pub(super) writing: Arc<Writing>,
}

impl Begun {
    /// Looks at the exports and at the table. Capacity of this kind is what will be used.
    pub(super) async fn new(
        options: &ApplyBuilder,
        exports: Vec<ExportReader>,
        capacity: Capacity,
        rejects: Rejects,
        control: &Control,
    ) -> Result<Self, TransferError> {
        let windows = windows::in_order(exports)?;
        let pacing = options.pacing(capacity);
        let session = Session::new(options.client.clone(), &options.table, pacing, control);
        let table = describe(&session).await?;
        let keys = table.keys()?;
        check_attribute(&options.newer_by, &keys)?;
        for window in &windows {
            control.run(window.check_keys(&keys)).await??;
        }
        let warnings = Warnings::new(control);
        let descriptor = table.descriptor(&session)?;
        before_loading(&warnings, &options.table, &descriptor, false);
        let ids = windows.iter().map(|window| &window.export.summary().table_id);
        if table.id().is_some_and(|own| ids.flatten().any(|id| *id == own)) {
            warnings.add(format!(
                "table {} is the one that the exports are of: what was written to it since may be \
                 replaced by what was there before",
                options.table
            ));
        }
        let writing = Writing {
            session,
            keys,
            lines: Lines::Records,
            mode: WriteMode::Overwrite,
            tally: Tally::default(),
            expiry: None,
            warnings,
            rejects,
            #[cfg(feature = "offload")]
            pointers: options
                .pointers
                .as_ref()
                .map(|rule| {
                    Pointers::check(rule, descriptor.table_name(), &descriptor, Lines::Records)
                })
                .transpose()?,
            #[cfg(feature = "offload")]
            copies: None,
        };
        Ok(Self { table, windows, writing: Arc::new(writing) })
    }
}

/// What tells what is newer. No bookkeeping is created where rejects could not be kept.
async fn guard(
    writing: &Writing,
    options: &ApplyBuilder,
    table: &TableInfo,
    is_resumed: bool,
) -> Result<Option<Guard>, TransferError> {
    writing.rejects.prepare(is_resumed).await?;
    Ok(match &options.newer_by {
        NewerBy::Order => None,
        NewerBy::Attribute(name) => Some(Guard::Attribute(name.clone())),
        NewerBy::Bookkeeping(name) => {
            let notes = Bookkeeping::open(name, options, table, &writing.session);
            Some(Guard::Bookkeeping(Box::pin(notes).await?))
        }
    })
}

fn check_attribute(newer_by: &NewerBy, keys: &KeySchema) -> Result<(), TransferError> {
    let NewerBy::Attribute(name) = newer_by else { return Ok(()) };
    if keys.names().any(|key| key == name) {
        let message = format!("{name} is part of the key and cannot keep the time of a record");
        return Err(TransferError::new(TransferErrorKind::Options, message));
    }
    Ok(())
}

/// Applies the windows that are not done, one after the other.
///
/// Each begins when the one before it is settled to the last record, so that of two records of one
/// key in two windows the later is written later. Within a window there is one record a key.
///
/// After a kill the records of a window that no checkpoint counts as settled are written again,
/// though some of them were. Where nothing tells what is newer that is harmless: a record has the
/// whole item at the end of its window, or tells that it is gone, so that writing it twice comes to
/// the same as writing it once; and no later window has been begun, so that nothing newer from there
/// is replaced. It is why the checkpoint says that a window is done before the next begins.
async fn apply_all(
    writing: &Arc<Writing>,
    guard: Option<&Arc<Guard>>,
    options: &ApplyBuilder,
    windows: &[Window],
    mut state: Option<ApplyState>,
    control: &Control,
) -> Result<(), TransferError> {
    for (number, window) in windows.iter().enumerate() {
        if state.as_ref().is_some_and(|state| state.is_done(number)) {
            let items = window.export.summary().item_count;
            writing.tally.resumed.add(items);
            control.emit(&ProgressEvent::Advanced { items, bytes: 0 });
            continue;
        }
        let settled = state.as_ref().map(|state| state.settled(number)).unwrap_or_default();
        let frontiers = Arc::new(Frontiers::starting_at(settled));
        let mut tasks = Tasks::new();
        let lanes = lanes(writing, guard, options, &mut tasks);
        let (source, budget) = (Source::export(window.export.clone(), None), ItemBudget::new(None));
        let budget = Arc::new(budget);
        let moving = move_items(writing, source, tasks, lanes, &budget, &frontiers, control);
        let progress = Progress { frontiers: &frontiers, rejects: &writing.rejects };
        let applied = saving(state.as_mut(), number, moving, progress).await;
        if let Err(error) = applied {
            if let Some(state) = state {
                state.forget_unless_begun(&writing.rejects).await;
            }
            return Err(error);
        }
    }
    match state {
        Some(state) => state.remove().await,
        None => Ok(()),
    }
}

/// Starts the lanes of one window, and hands out their entrances.
fn lanes(
    writing: &Arc<Writing>,
    guard: Option<&Arc<Guard>>,
    options: &ApplyBuilder,
    tasks: &mut Tasks,
) -> Vec<mpsc::Sender<Vec<QueuedItem>>> {
    let workers = options.workers.get();
    let count = if guard.is_some() { workers.saturating_mul(PUTS_PER_WORKER) } else { workers };
    let lane = |_| {
        let (sender, queue) = lane_queue();
        match guard {
            Some(guard) => tasks.spawn(guarded_lane(writing.clone(), guard.clone(), queue)),
            None => tasks.spawn(batch_lane(writing.clone(), queue)),
        };
        sender
    };
    (0..count).map(lane).collect()
}

impl Save for (&mut ApplyState, usize, Progress<'_>) {
    async fn save(&mut self) -> Result<(), TransferError> {
        let (state, window, progress) = self;
        state.save(*window, &progress.points().await?, false).await
    }
}

/// Writes the checkpoint while a window is applied, and when that ends.
async fn saving(
    state: Option<&mut ApplyState>,
    window: usize,
    moving: impl Future<Output = Result<(), TransferError>>,
    progress: Progress<'_>,
) -> Result<(), TransferError> {
    let Some(state) = state else { return moving.await };
    let moved = saving_meanwhile(moving, &mut (&mut *state, window, progress)).await;
    let saved = match progress.points().await {
        Ok(points) => state.save(window, &points, moved.is_ok()).await,
        Err(error) => Err(error),
    };
    // What stopped the work is the error to tell.
    moved.and(saved)
}
