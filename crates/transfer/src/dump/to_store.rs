//! Dump to the layout of a native export.

use crate::dump::builder::{Dump, DumpBuilder};
use crate::dump::claim::Claim;
use crate::dump::finish::{Contents, remove_strays, write_manifests};
use crate::dump::journal::{Journal, Replayed};
use crate::dump::plan::Plan;
use crate::dump::report::{CopiedValues, DumpReport};
use crate::dump::sink::{RotatingFile, Sink, not_written};
use crate::dump::worker::{Done, DumpWorker};
use crate::parallel_scan::{Key, Position};
use crate::raw::Session;
use crate::settings::capture;
use crate::table::describe;
use crate::{Shard, TransferError, TransferErrorKind};
use ddbkit_export::{ExportId, ExportWriter, RunState};
use ddbkit_flow::{Control, ProgressEvent};
use ddbkit_store::{PutOptions, Store};
use std::sync::Arc;
use std::time::SystemTime;
use tokio::time::Instant;

impl Dump {
    /// Writes the table below `AWSDynamoDB/<ExportId>/` in the store, as a native export.
    ///
    /// The manifest is written last: until then the tree shows itself as unfinished, to
    /// [`ExportReader`](ddbkit_export::ExportReader) and to every other reader of exports. A dump
    /// that was cancelled, killed or failed is gone on with by the same call: each segment from
    /// its last page that is in a closed file. On a table that stands still the result is that of
    /// a dump that was not disturbed. Of two processes that work on one dump at the same time the
    /// one that came first stops.
    ///
    /// Each worker holds one page (1 MB) and one data file's buffers; memory does not grow with
    /// the table, but for about 300 bytes for each data file at the end.
    ///
    /// # Errors
    /// When the table cannot be read, the store cannot be written, the work is cancelled, or
    /// another process goes on with this dump ([`TransferErrorKind::Superseded`]).
    /// [`TransferErrorKind::Options`] when the unfinished dump that is there was begun with other
    /// options.
    pub async fn to_store(
        self,
        store: Store,
        control: &Control,
    ) -> Result<DumpReport, TransferError> {
        let (started, start_time) = (Instant::now(), SystemTime::now());
        let options = &self.options;
        check(options)?;
        options.check_pointers(true)?;
        let session =
            Session::new(options.client.clone(), &options.table, options.pacing(), control);
        let table = describe(&session).await?;
        options.selection.check(&table, options.consistent_read)?;
        let id = ExportId::generate(start_time, fastrand::u32(..));
        let plan = Plan::new(options, id, &table);
        if plan.total_segments < plan.shards {
            let message = "there are fewer segments than shards, so that some have nothing to do";
            return Err(TransferError::new(TransferErrorKind::Options, message));
        }
        let descriptor = capture(&session, &table, options.auto_scaling.as_ref()).await?;
        let claim = Claim::take(options, &store, plan, &descriptor).await?;
        control.emit(&table.started());
        let run = Run { options, session: &session, claim: &claim };
        let contents = match run.run().await {
            Ok(contents) => contents,
            Err(error) => {
                mark_failed(&claim.export, &error).await;
                return Err(error);
            }
        };
        control.emit(&ProgressEvent::Finished);
        let report = DumpReport::new(&claim, contents, &session, started);
        let (not_read, not_covered) = (descriptor.not_read, descriptor.not_covered);
        Ok(DumpReport { not_read, not_covered, ..report })
    }
}

/// One run of a dump, which may have had others before it.
struct Run<'a> {
    options: &'a DumpBuilder,
    session: &'a Session,
    claim: &'a Claim,
}

impl Run<'_> {
    async fn run(&self) -> Result<Contents, TransferError> {
        let (export, shard) = (&self.claim.export, self.options.shard);
        // A run that was killed at its very end, or a shard that comes too late.
        if export.is_finished().await.map_err(not_written)? {
            let contents = write_manifests(self.claim).await?;
            return Ok(Contents { items_before: contents.items, ..contents });
        }
        let mut replayed = Journal::read(export, shard).await?;
        let items_before = replayed.items();
        let mut values = None;
        if !self.left(&replayed).is_empty() {
            let (journal, current) = Journal::take_over(export, shard).await?;
            values = self.scan(journal, &current).await?;
            replayed = Journal::read(export, shard).await?;
        }
        if shard != Shard::WHOLE {
            let mut contents = Contents::default();
            contents.add(replayed);
            return Ok(Contents { items_before, values, ..contents });
        }
        Ok(Contents { items_before, values, ..write_manifests(self.claim).await? })
    }

    /// The segments of this shard that are not done, each with the key to go on behind.
    fn left(&self, replayed: &Replayed) -> Vec<(u32, Option<Key>)> {
        let own =
            (0..self.claim.plan.total_segments).filter(|n| self.options.shard.has(*n as usize));
        let left = own.filter_map(|segment| match replayed.positions.get(&segment) {
            None => Some((segment, None)),
            Some(Position::After(key)) => Some((segment, Some(key.clone()))),
            Some(Position::Done) => None,
        });
        left.collect()
    }

    /// Reads what is left, and tells what was copied beside it.
    async fn scan(
        &self,
        journal: Journal,
        replayed: &Replayed,
    ) -> Result<Option<CopiedValues>, TransferError> {
        let (options, control, export) = (self.options, self.session.control(), &self.claim.export);
        if self.claim.is_resumed {
            let bytes = replayed.files.iter().map(|entry| entry.json_bytes).sum();
            control.emit(&ProgressEvent::Resumed { items: replayed.items(), bytes });
        }
        // Other shards have files too, of which this one knows nothing.
        if options.shard == Shard::WHOLE {
            let named: Vec<_> = replayed.files.iter().map(|entry| entry.file.clone()).collect();
            remove_strays(export, &named).await?;
        }
        let left = self.left(replayed);
        let workers = options.workers.get().min(left.len());
        let journal = Arc::new(journal);
        #[cfg(feature = "offload")]
        let pointers = options.page_pointers(export);
        let sinks = (0..workers).map(|_| {
            let file = RotatingFile::new(
                export.clone(),
                journal.clone(),
                options.file_size,
                options.digest,
                control.clone(),
            );
            let worker = DumpWorker::new(Sink::Export(Box::new(file)), options, control);
            #[cfg(feature = "offload")]
            let worker = worker.with_pointers(pointers.clone());
            worker
        });
        let scan = options.scan(self.session, self.claim.plan.total_segments).segments(left);
        scan.run(sinks, Done::default(), |sum, done| sum.add(&done)).await?;
        control.check()?;
        #[cfg(feature = "offload")]
        return Ok(pointers.and_then(|pointers| pointers.counts()));
        #[cfg(not(feature = "offload"))]
        Ok(None)
    }
}

fn check(options: &DumpBuilder) -> Result<(), TransferError> {
    let wrong = |message: &str| Err(TransferError::new(TransferErrorKind::Options, message));
    let is_named = |name: &String| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        !name.is_empty() && !name.starts_with('.') && name.chars().all(allowed)
    };
    if options.shard != Shard::WHOLE && options.dump_id.is_none() {
        return wrong("a dump of one shard needs a name that all shards share: --dump-id NAME");
    }
    if options.dump_id.as_ref().is_some_and(|name| !is_named(name)) {
        return wrong("the name of a dump has letters, digits, '-', '_' and '.' only");
    }
    if options.dump_id.is_some() && options.limit.is_some() {
        return wrong("a dump with a limit is not resumed, and takes no name and no shard");
    }
    Ok(())
}

/// Says in the tree that the dump failed. Where even that cannot be written, the missing manifest
/// still says that it is unfinished; that alone is what an interrupted dump leaves.
async fn mark_failed(export: &ExportWriter, error: &TransferError) {
    if matches!(error.kind(), TransferErrorKind::Interrupted | TransferErrorKind::Superseded) {
        return;
    }
    let state = RunState::failed(error.to_string(), SystemTime::now());
    let key = export.sidecar_key("state.json");
    export.store().put(&key, state.to_json().into(), PutOptions::default()).await.ok();
}
