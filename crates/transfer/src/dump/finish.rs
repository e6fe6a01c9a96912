//! The end of a dump: from the journals of all shards to the manifests.

use crate::dump::builder::Dump;
use crate::dump::claim::Claim;
use crate::dump::journal::Journal;
use crate::dump::plan::Plan;
use crate::dump::report::{CopiedValues, DumpReport};
use crate::dump::sink::not_written;
use crate::parallel_scan::Position;
use crate::raw::Session;
use crate::{Shard, TransferError, TransferErrorKind};
use ddbkit_codec::ContentDigest;
use ddbkit_export::{DataFile, DigestFile, ExportWriter, SummaryFields};
use ddbkit_flow::{Control, ProgressEvent};
use ddbkit_store::{PutOptions, Store};
use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::time::SystemTime;
use tokio::time::Instant;

/// What is in the files of a dump.
#[derive(Default)]
pub(crate) struct Contents {
    pub(crate) items: u64,
    pub(crate) json_bytes: u64,
    pub(crate) stored_bytes: u64,
    pub(crate) files: Vec<DataFile>,
    pub(crate) digest: ContentDigest,
    /// Items that earlier runs of this process's part wrote.
    pub(crate) items_before: u64,
    /// Values of pointers that this run copied, where it copies them.
    pub(crate) values: Option<CopiedValues>,
    /// Whether it is all of the dump, with its manifests.
    pub(crate) is_whole: bool,
}

impl Contents {
    pub(crate) fn add(&mut self, replayed: crate::dump::journal::Replayed) {
        for entry in replayed.files {
            self.items += entry.file.item_count;
            self.json_bytes += entry.json_bytes;
            self.stored_bytes += entry.stored_bytes;
            if let Some(digest) = entry.digest() {
                self.digest.merge(&digest);
            }
            self.files.push(entry.file);
        }
    }
}

impl Dump {
    /// Writes the manifests of a dump that several processes made as shards, each with
    /// [`DumpBuilder::shard`](crate::DumpBuilder::shard). It changes nothing when that was done
    /// before.
    ///
    /// # Errors
    /// [`TransferErrorKind::Options`] when no dump of that name was begun, or shards are missing:
    /// they are named. Otherwise when the destination cannot be read or written.
    pub async fn finish(
        self,
        store: Store,
        control: &Control,
    ) -> Result<DumpReport, TransferError> {
        let started = Instant::now();
        let options = &self.options;
        let session =
            Session::new(options.client.clone(), &options.table, options.pacing(), control);
        // The table need not be there any more, so it is not asked.
        let claim = Claim::find(options, &store).await?;
        let (asked, plan) = (&options.table, &claim.plan);
        if *asked != plan.table_name && *asked != plan.table_arn {
            let message = format!("the dump is of table {}, not of {asked}", plan.table_name);
            return Err(TransferError::new(TransferErrorKind::Options, message));
        }
        let contents = write_manifests(&claim).await?;
        control.emit(&ProgressEvent::Finished);
        Ok(DumpReport::new(&claim, contents, &session, started))
    }
}

/// Completes the export from what the journals say, if they say that all segments are done.
pub(crate) async fn write_manifests(claim: &Claim) -> Result<Contents, TransferError> {
    let (export, plan) = (&claim.export, &claim.plan);
    let mut contents = read_journals(export, plan).await?;
    // The order is that of the names, so that it is the same whoever finishes.
    contents.files.sort_unstable_by(|a, b| a.data_file_s3_key.cmp(&b.data_file_s3_key));
    if !export.is_finished().await.map_err(not_written)? {
        remove_strays(export, &contents.files).await?;
        if plan.digest {
            let json = DigestFile::new(&contents.digest).to_json();
            put(export, "digest.json", json).await?;
        }
    }
    let start_time = export.id().start_time();
    let fields = SummaryFields {
        table_arn: plan.table_arn.clone(),
        table_id: plan.table_id.clone(),
        start_time,
        end_time: SystemTime::now(),
        export_time: start_time,
        s3_sse_algorithm: None,
        s3_sse_kms_key_id: None,
        billed_size_bytes: 0,
    };
    export.finish(fields, contents.files.clone()).await.map_err(not_written)?;
    // What an earlier run left word of is mended.
    let (store, state) = (export.store(), export.sidecar_key("state.json"));
    store.delete(&state).await.map_err(|error| {
        let message = format!("{} cannot be deleted", store.describe(&state));
        TransferError::caused(TransferErrorKind::Destination, message, error)
    })?;
    claim.release().await?;
    contents.is_whole = true;
    Ok(contents)
}

async fn read_journals(export: &ExportWriter, plan: &Plan) -> Result<Contents, TransferError> {
    let shards = NonZeroU32::new(plan.shards).unwrap_or(NonZeroU32::MIN);
    let (mut contents, mut missing) = (Contents::default(), Vec::new());
    for shard in (0..shards.get()).filter_map(|index| Shard::new(index, shards)) {
        let replayed = Journal::read(export, shard).await?;
        let segments = (0..plan.total_segments).filter(|segment| shard.has(*segment as usize));
        let is_done = |segment: &u32| replayed.positions.get(segment) == Some(&Position::Done);
        let (all, left) = segments
            .fold((0, 0), |(all, left), segment| (all + 1, left + u32::from(!is_done(&segment))));
        // A dump that stopped at its limit is done with segments left.
        let is_limited = plan.limit.is_some();
        if left > 0 && !is_limited {
            missing.push(format!("{} ({left} of {all} segments)", shard.index()));
        }
        contents.add(replayed);
    }
    if missing.is_empty() {
        return Ok(contents);
    }
    let (list, shards) = (missing.join(", "), plan.shards);
    let message =
        format!("of {shards} shards these are not done: {list}; run the dump for each of them");
    Err(TransferError::new(TransferErrorKind::Options, message))
}

/// Removes data files that no journal names: processes that were killed, or came second, left them.
/// Other readers of exports would take them, manifest or not.
pub(crate) async fn remove_strays(
    export: &ExportWriter,
    files: &[DataFile],
) -> Result<(), TransferError> {
    let named: BTreeSet<String> = files.iter().map(|file| export.data_key(file)).collect();
    let (store, prefix) = (export.store(), export.data_prefix());
    let failed = |what: &str, key: &str, error| {
        let message = format!("{} cannot be {what}", store.describe(key));
        TransferError::caused(TransferErrorKind::Destination, message, error)
    };
    let listed = store.list(&prefix).await.map_err(|error| failed("listed", &prefix, error))?;
    for object in listed.into_iter().filter(|object| !named.contains(&object.key)) {
        let key = &object.key;
        store.delete(key).await.map_err(|error| failed("deleted", key, error))?;
    }
    Ok(())
}

async fn put(export: &ExportWriter, name: &str, json: String) -> Result<(), TransferError> {
    let (store, key) = (export.store(), export.sidecar_key(name));
    store.put(&key, json.into(), PutOptions::default()).await.map(drop).map_err(|error| {
        let message = format!("{} cannot be written", store.describe(&key));
        TransferError::caused(TransferErrorKind::Destination, message, error)
    })
}
