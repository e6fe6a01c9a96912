//! Both sides read, compared, and what is extra deleted.

use crate::compare::read_source;
use crate::dump::Plan;
use crate::keys::{KeySchema, check_same_keys};
use crate::mirror::key_files::{ClosedKeys, KeyFiles, not_written};
use crate::mirror::options::{ExtraReport, MirrorOptions};
use crate::mirror::table_keys::KeyWriter;
use crate::pacing::Pacing;
use crate::parallel_scan::ParallelScan;
use crate::raw::Session;
use crate::table::describe;
use crate::workers::{died, join_all};
use crate::{Dump, Selection, TransferError, TransferErrorKind};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use ddbkit_codec::Item;
use ddbkit_export::{ExportKind, ExportReader, ManifestCheck};
use ddbkit_flow::{Capacity, Control, ProgressEvent};
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Items of one BatchWriteItem.
const BATCH: usize = 25;
/// How many keys are named in the report.
const EXAMPLES: usize = 20;

/// Deletes the items of the table whose key the dump or full export does not have, so that after a
/// load the table is its mirror.
///
/// Both sides are read to their end before the first delete: the source with its checksums, the table
/// by a consistent Scan of its keys. Nothing is deleted when the source is damaged, holds fewer items
/// than its summary says, has a line whose key cannot be read, or was made of a part of a table.
///
/// **The window.** A delete has no condition. An item that somebody else puts with a key that the
/// source lacks is deleted where the scan saw it, and an item that was seen and is changed before its
/// delete is deleted with the change. Do not write to the table meanwhile.
///
/// The memory is bounded whatever the size: 16 MB of digests and the pages and lines being read. The
/// scratch folder takes 16 bytes for each item of the source, and 16 bytes and the text of its key for
/// each item of the table, twice while a bucket of 128 is compared.
///
/// ```
/// # async fn example(client: aws_sdk_dynamodb::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use ddbkit_export::ExportReader;
/// use ddbkit_flow::Control;
/// use ddbkit_store::Store;
/// use ddbkit_transfer::{MirrorOptions, delete_extra};
///
/// let dump = ExportReader::open(Store::directory("backups/orders")).await?;
/// let options = MirrorOptions { dry_run: true, ..MirrorOptions::new(std::env::temp_dir()) };
/// let report = delete_extra(&client, "Orders-copy", dump, options, &Control::new()).await?;
/// println!("{} items would be deleted", report.extra);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`TransferErrorKind::Options`] for a dump of a part of a table, and when a side cannot be read, the
/// scratch folder cannot be written, or the work is cancelled. What was deleted until then stays so.
pub async fn delete_extra(
    client: &Client,
    table: &str,
    reader: ExportReader,
    options: MirrorOptions,
    control: &Control,
) -> Result<ExtraReport, TransferError> {
    let started = Instant::now();
    check_source(&reader).await?;
    let control = control.child();
    let session = |capacity, asked| {
        let pacing = Pacing { capacity, asked, budget: NonZeroU32::MIN };
        Session::new(client.clone(), table, pacing, &control)
    };
    let reading = session(Capacity::Read, options.read_capacity);
    let deleting = session(Capacity::Write, options.write_capacity);
    let info = describe(&reading).await?;
    deleting.pace(&info.description);
    if let Some(descriptor) = reader.descriptor().await.map_err(unreadable)? {
        check_same_keys(&descriptor, &info.descriptor(&reading)?)?;
    }
    let there = info.description.item_count().and_then(|items| u64::try_from(items).ok());
    let items = there.map(|items| items + reader.summary().item_count);
    control.emit(&ProgressEvent::Started { items, bytes: None });
    let keys = info.keys()?;
    let folder = tempfile::tempdir_in(&options.scratch);
    let folder = folder.map_err(|error| not_written(&options.scratch, error))?;

    let reader = Arc::new(reader);
    let (source, source_items) =
        source_keys(&reader, &keys, &options, folder.path(), &control).await?;
    let segments = Dump::builder(client.clone(), table).workers(options.workers);
    let files = Arc::new(KeyFiles::create(folder.path(), "table")?);
    let writer =
        KeyWriter { keys: keys.clone(), files: files.clone(), control: control.clone(), count: 0 };
    let scan = ParallelScan::new(reading.clone(), segments.segments_for(info.bytes()), only(&keys))
        .consistent_read(true)
        .workers(options.workers);
    let sinks = vec![writer; options.workers.get()];
    let table_items = scan.run(sinks, 0, |sum, count| *sum += count).await?;
    control.check()?;
    let (extra_keys, extra) = blocking(move || finished(files)?.without(&source)).await?;
    let examples = blocking({
        let path = extra_keys.clone();
        move || first_keys(&path)
    })
    .await?;
    let deleted = if options.dry_run {
        0
    } else {
        delete_keys(&deleting, &extra_keys, options.workers.get()).await?;
        extra
    };
    control.emit(&ProgressEvent::Finished);
    Ok(ExtraReport {
        source_items,
        table_items,
        extra,
        deleted,
        examples,
        read_units: reading.consumed(),
        write_units: deleting.consumed(),
        throttles: reading.throttles() + deleting.throttles(),
        elapsed: started.elapsed(),
    })
}

/// Refuses a source by which too much would be deleted.
async fn check_source(reader: &ExportReader) -> Result<(), TransferError> {
    if reader.kind() == ExportKind::Incremental {
        let message = "the source is an incremental export: it holds changes, not a whole table";
        return Err(TransferError::new(TransferErrorKind::IncrementalExport, message));
    }
    if reader.files_check() == ManifestCheck::Mismatch {
        let message = "manifest-files.json does not have its checksum: data files may be missing";
        return Err(TransferError::new(TransferErrorKind::Source, message));
    }
    let Some(plan) = Plan::read(reader).await? else { return Ok(()) };
    if plan.limit.is_some() || !plan.selection()?.is_everything() {
        let message = "the dump holds a part of its table only (a limit, a filter, a projection, \
                       an index or a query): by it, all other items would be deleted";
        return Err(TransferError::new(TransferErrorKind::Options, message));
    }
    Ok(())
}

async fn source_keys(
    reader: &Arc<ExportReader>,
    keys: &KeySchema,
    options: &MirrorOptions,
    folder: &Path,
    control: &Control,
) -> Result<(ClosedKeys, u64), TransferError> {
    let files = Arc::new(KeyFiles::create(folder, "source")?);
    let writer =
        KeyWriter { keys: keys.clone(), files: files.clone(), control: control.clone(), count: 0 };
    let readers = options.workers.get().min(reader.files().len());
    let sinks = vec![writer; readers];
    let items = read_source(reader, sinks, control, 0, |sum, count| *sum += count).await?;
    control.check()?;
    let told = reader.summary().item_count;
    if items != told {
        let message = format!("the source has {items} items, but its summary says {told}");
        return Err(TransferError::new(TransferErrorKind::Source, message));
    }
    Ok((blocking(move || finished(files)).await?, items))
}

/// The keys and nothing else of a table.
fn only(keys: &KeySchema) -> Selection {
    let names = keys.names().enumerate().map(|(n, name)| (format!("#k{n}"), name.to_owned()));
    let names: BTreeMap<_, _> = names.collect();
    let projection = names.keys().cloned().collect::<Vec<_>>().join(",");
    Selection { projection_expression: Some(projection), names, ..Selection::default() }
}

fn finished(files: Arc<KeyFiles>) -> Result<ClosedKeys, TransferError> {
    let files = Arc::into_inner(files).ok_or_else(|| {
        TransferError::new(TransferErrorKind::Internal, "a worker outlived its scan")
    })?;
    files.finish()
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, TransferError> + Send + 'static,
) -> Result<T, TransferError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| died(&error))?
}

/// Deletes what a file names, in batches.
async fn delete_keys(session: &Session, path: &Path, workers: usize) -> Result<(), TransferError> {
    let control = session.control().child();
    let session = session.under(&control);
    let (sender, receiver) = mpsc::channel(workers);
    let receiver = Arc::new(Mutex::new(receiver));
    let mut tasks = JoinSet::new();
    for _ in 0..workers {
        let (session, receiver) = (session.clone(), receiver.clone());
        tasks.spawn(async move {
            loop {
                let Some(batch) = receiver.lock().await.recv().await else { return Ok(()) };
                session.delete_all(batch).await?;
            }
        });
    }
    drop(receiver);
    let path = path.to_owned();
    tasks.spawn(blocking(move || send_batches(&path, &sender)));
    join_all(tasks, &control, (), |(), ()| ()).await
}

type SdkKey = HashMap<String, AttributeValue>;

fn send_batches(path: &Path, batches: &mpsc::Sender<Vec<SdkKey>>) -> Result<(), TransferError> {
    let mut batch: Vec<SdkKey> = Vec::with_capacity(BATCH);
    for key in keys_of(path)? {
        batch.push(key?.into());
        if batch.len() == BATCH && batches.blocking_send(std::mem::take(&mut batch)).is_err() {
            // All workers failed, and their error is the one to tell.
            return Ok(());
        }
    }
    if !batch.is_empty() {
        batches.blocking_send(batch).ok();
    }
    Ok(())
}

fn first_keys(path: &Path) -> Result<Vec<Item>, TransferError> {
    keys_of(path)?.take(EXAMPLES).collect()
}

/// The keys that a file names.
fn keys_of(
    path: &Path,
) -> Result<impl Iterator<Item = Result<Item, TransferError>>, TransferError> {
    let file = File::open(path).map_err(|error| not_written(path, error))?;
    let path = path.to_owned();
    Ok(BufReader::new(file).split(b'\n').map(move |line| {
        let line = line.map_err(|error| not_written(&path, error))?;
        Item::from_dynamodb_json(&line).map_err(|error| {
            let message = "a key that was written to the scratch folder cannot be read";
            TransferError::caused(TransferErrorKind::Internal, message, error)
        })
    }))
}

fn unreadable(error: ddbkit_export::ExportError) -> TransferError {
    TransferError::caused(TransferErrorKind::Source, "the source cannot be read", error)
}
