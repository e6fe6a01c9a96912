//! The archiver as its user sees it.

use super::counters::Counters;
use super::run::Run;
use super::{ArchiveReport, ArchiverOptions};
use crate::unix_millis::unix_millis;
use crate::{ArchiveDescriptor, ArchiveError, Clock, LeaseStore, StreamsApi, SystemClock};
use ddbkit_flow::{Control, ProgressEvent};
use ddbkit_store::Store;
use std::sync::Arc;

/// Reads a stream and archives what TTL deletes: each record in exactly one file.
///
/// Any number of them may work on one archive, in one process or in many, as long as they have the
/// same lease store: they share the shards, take over those of workers that died, and hand theirs
/// over when they stop. They may be killed at any moment. What was read and is in no file is read
/// again; what is in a file is not written again, whoever wrote it.
///
/// Memory is bounded by [`ArchiverOptions::buffer_bytes`], and for each of
/// [`ArchiverOptions::workers`] a page of 1 MB as it is decoded, or a file that is being written
/// ([`ArchiverOptions::file_bytes`] and a page, twice).
///
/// ```
/// use ddbkit_archive::*;
/// use ddbkit_flow::Control;
/// use ddbkit_store::Store;
/// use std::sync::Arc;
///
/// async fn archive(
///     streams: aws_sdk_dynamodbstreams::Client,
///     table_arn: &str,
///     stream_arn: &str,
/// ) -> Result<(), ArchiveError> {
///     let archive = ArchiveDescriptor::new(
///         "Orders",
///         table_arn,
///         LineFormat::Item,
///         ArchiveCompression::Gzip,
///     );
///     let store = Store::directory("orders-archive");
///     let leases = Arc::new(MemoryLeases::default());
///     let options = ArchiverOptions { once: true, ..ArchiverOptions::default() };
///     let archiver = TtlArchiver::new(Arc::new(streams), leases, store, archive, stream_arn)
///         .options(options);
///     let report = archiver.run(&Control::new()).await?;
///     println!("{} items in {} files", report.archived, report.files);
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct TtlArchiver {
    pub(super) api: Arc<dyn StreamsApi>,
    pub(super) leases: Arc<dyn LeaseStore>,
    pub(super) store: Store,
    pub(super) archive: ArchiveDescriptor,
    pub(super) stream: String,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) owner: String,
    pub(super) options: ArchiverOptions,
    pub(super) counters: Arc<Counters>,
}

impl TtlArchiver {
    /// Archives the stream of this ARN into a store. The archive begins there, or one of the same
    /// table and form goes on.
    #[must_use]
    pub fn new(
        api: Arc<dyn StreamsApi>,
        leases: Arc<dyn LeaseStore>,
        store: Store,
        archive: ArchiveDescriptor,
        stream_arn: impl Into<String>,
    ) -> Self {
        Self {
            api,
            leases,
            store,
            archive,
            stream: stream_arn.into(),
            clock: Arc::new(SystemClock),
            owner: format!("{:016x}", fastrand::u64(..)),
            options: ArchiverOptions::default(),
            counters: Arc::default(),
        }
    }

    /// How the archive is made.
    #[must_use]
    pub fn options(self, options: ArchiverOptions) -> Self {
        Self { options, ..self }
    }

    /// The name of this worker in leases; a random one unless it is set. Two workers of one name lose
    /// their leases to each other, and nothing else.
    #[must_use]
    pub fn owner(self, owner: impl Into<String>) -> Self {
        Self { owner: owner.into(), ..self }
    }

    /// Where the time of day comes from.
    ///
    /// It is used for what people read (how long until records are lost, when a gap was found) and
    /// to tell whether the stream may have lost the beginning of a shard. No name of a file, no lease
    /// and no decision about what is archived comes from it.
    #[must_use]
    pub fn clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// What was done so far: may be asked at any time, also from a clone.
    #[must_use]
    pub fn so_far(&self) -> ArchiveReport {
        self.counters.report(unix_millis(self.clock.now()) / 1000, self.options.retention)
    }

    /// Archives until the control is cancelled, or until everything is archived where the options
    /// say `once`. A cancelled run writes what it has read into files and hands its leases over.
    ///
    /// # Errors
    /// [`Gap`](crate::ArchiveErrorKind::Gap) when records were lost or may have been, unless losses
    /// are to be recorded; [`ForeignArchive`](crate::ArchiveErrorKind::ForeignArchive) when the place
    /// holds an archive of another table; when the stream, the leases or the place cannot be read or
    /// written. All leases are handed over before, and the same call goes on.
    pub async fn run(&self, control: &Control) -> Result<ArchiveReport, ArchiveError> {
        control.emit(&ProgressEvent::Started { items: None, bytes: None });
        let ended = match Run::begin(self, control).await {
            Ok(run) => run.drive().await,
            Err(error) if control.is_cancelled() => {
                drop(error);
                Ok(())
            }
            Err(error) => Err(error),
        };
        control.emit(&ProgressEvent::Finished);
        ended.map(|()| self.so_far())
    }
}

impl std::fmt::Debug for TtlArchiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TtlArchiver")
            .field("stream", &self.stream)
            .field("owner", &self.owner)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
