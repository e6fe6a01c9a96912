//! The proof that an archive is whole, from the archive alone.

mod chain;
mod file;
mod inventory;
mod lineage;
mod report;

pub(crate) use file::MOST_TEXT;
pub use report::{ArchiveFault, ArchiveFaultKind, ArchiveVerifyReport, OpenShard};

use crate::{ArchiveDescriptor, ArchiveError};
use chain::Chain;
use ddbkit_codec::SequenceNumber;
use ddbkit_flow::{Control, ProgressEvent};
use ddbkit_store::{Store, StoreError};
use futures::{StreamExt, TryStreamExt, stream};
use inventory::{Inventory, ShardName};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::time::SystemTime;

/// How an archive is verified.
#[derive(Clone, Copy, Debug)]
pub struct ArchiveVerifyOptions {
    /// How many files are read at the same time.
    pub workers: NonZeroUsize,
    /// How many faults are kept; all are counted.
    pub max_faults: usize,
    /// The time, by which it is told whether a shard must have ended.
    pub now: SystemTime,
}

impl ArchiveVerifyOptions {
    /// Eight files at a time, and 100 faults.
    #[must_use]
    pub fn at(now: SystemTime) -> Self {
        let workers = NonZeroUsize::new(8).unwrap_or(NonZeroUsize::MIN);
        Self { workers, max_faults: 100, now }
    }
}

/// Verifies an archive. It goes on after a fault, and tells all.
///
/// * Each data file has the SHA-256, the count and the last record that its metadata says, its lines
///   decode, and its sidecar tells the same of it.
/// * The files of each shard form a chain from the start of the shard: each begins behind the last
///   record of the one before, and lies under the hour of that record.
/// * A shard that was read to its end has a record that says so, which ends where the chain ends and
///   names the shards that go on from it; each of those is read to its end or may still be open.
/// * What the archiver knows to be lost is listed.
///
/// An archive that is written meanwhile may be verified: what is written after it was listed is not
/// looked at.
///
/// Memory holds the names of all objects, what the metadata says of each data file, and one data
/// file with its text for each worker.
///
/// ```
/// # async fn example() -> Result<(), ddbkit_archive::ArchiveError> {
/// use ddbkit_archive::{ArchiveVerifyOptions, verify_archive};
/// use ddbkit_flow::Control;
/// use ddbkit_store::Store;
/// use std::time::SystemTime;
///
/// let archive = Store::directory("archive");
/// let options = ArchiveVerifyOptions::at(SystemTime::now());
/// for fault in verify_archive(&archive, &options, &Control::new()).await?.faults {
///     println!("{fault}");
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`InvalidInput`](crate::ArchiveErrorKind::InvalidInput) when there is no archive, when the place
/// cannot be read, or the work is cancelled.
pub async fn verify_archive(
    store: &Store,
    options: &ArchiveVerifyOptions,
    control: &Control,
) -> Result<ArchiveVerifyReport, ArchiveError> {
    let archive = open(store).await?;
    let mut report =
        ArchiveVerifyReport { most_faults: options.max_faults, ..ArchiveVerifyReport::default() };
    let mut inventory = Inventory::read(store, &mut report, control).await?;
    control.emit(&ProgressEvent::Started { items: None, bytes: None });
    let files = std::mem::take(&mut inventory.files);
    let checks = files.into_iter().map(|entry| async {
        let checked = file::check(store, &entry, archive.format).await?;
        Ok::<_, ArchiveError>((entry, checked))
    });
    let mut checks = stream::iter(checks).buffered(options.workers.get());
    let mut chains: BTreeMap<ShardName, Chain> = BTreeMap::new();
    while let Some((entry, checked)) = control.run(checks.try_next()).await?? {
        report.files += 1;
        report.stored_bytes += checked.stored_bytes;
        for (kind, detail) in checked.faults {
            report.fault(kind, &entry.key, detail);
        }
        let Some(meta) = checked.meta else { continue };
        report.records += meta.count;
        control.emit(&ProgressEvent::Advanced { items: meta.count, bytes: checked.stored_bytes });
        chains.entry(entry.shard).or_default().add(entry.key, meta);
    }
    let mut ends: BTreeMap<ShardName, Option<SequenceNumber>> = BTreeMap::new();
    for (shard, chain) in chains {
        let end = chain.follow(&shard, archive.compression, &mut report);
        ends.insert(shard, end);
    }
    lineage::check(&inventory, &ends, options.now, &mut report);
    Ok(report)
}

/// The archive at a place, which must be there.
pub(crate) async fn open(store: &Store) -> Result<ArchiveDescriptor, ArchiveError> {
    ArchiveDescriptor::read(store)
        .await?
        .ok_or_else(|| ArchiveError::invalid(format!("{} holds no archive", store.describe(""))))
}

pub(crate) fn unreadable(error: StoreError) -> ArchiveError {
    ArchiveError::store("cannot read the archive", error)
}
