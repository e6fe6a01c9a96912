//! A batch becomes files.

use super::event::Batch;
use super::late::Late;
use crate::{
    ArchiveCompression, ArchiveDescriptor, ArchiveError, ArchiveErrorKind, ArchiveLine,
    ArchiveRecord, ArchiveSink, Committed, Lease, LeaseStore, LineFormat, RecordClass, Replicated,
};
use ddbkit_codec::SequenceNumber;
use ddbkit_store::Store;
use std::fmt;
use std::sync::Arc;

/// How often others may be first before it is given up. Each time they have archived something.
const ATTEMPTS: u32 = 20;

/// Archives the events of Lambda: same files, same names and same leases as
/// `ddbkit archive run`, with which it may share an archive.
///
/// It has no state of its own, and any number of invocations may run at the same time.
///
/// ```
/// use ddbkit_archive::{LambdaArchiver, MemoryLeases};
/// use ddbkit_store::Store;
/// use std::sync::Arc;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), ddbkit_archive::ArchiveError> {
/// let store = Store::memory();
/// let stream = "arn:aws:dynamodb:eu-west-1:1:table/Orders/stream/2026-11-20T08:12:03.123";
/// let sink = LambdaArchiver::sink(&store, stream).await?;
/// let archiver = LambdaArchiver::new(sink, Arc::new(MemoryLeases::default()));
/// let event = format!(
///     r#"{{"shardId":"shardId-00000001795203220156-bf0f7ecd","eventSourceARN":"{stream}",
///     "Records":[{{"eventID":"1","eventName":"REMOVE",
///     "userIdentity":{{"type":"Service","principalId":"dynamodb.amazonaws.com"}},
///     "dynamodb":{{"ApproximateCreationDateTime":1795203300,"Keys":{{"pk":{{"S":"a"}}}},
///     "OldImage":{{"pk":{{"S":"a"}}}},"SequenceNumber":"4421584500000000017450439092"}}}}]}}"#
/// );
/// let report = archiver.handle(event.as_bytes()).await?;
/// assert_eq!((report.records, report.archived), (1, 1));
/// // The same event again: it is archived already.
/// let report = archiver.handle(event.as_bytes()).await?;
/// assert_eq!((report.archived, report.already_archived), (0, 1));
/// assert_eq!(store.list("data/").await.unwrap().len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct LambdaArchiver {
    sink: ArchiveSink,
    leases: Arc<dyn LeaseStore>,
    replicated: Replicated,
}

/// What became of an event. The counts add up: `records = archived + already_archived + left`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LambdaReport {
    /// The shard; none for an event without records.
    pub shard: Option<String>,
    /// Records in the event.
    pub records: u64,
    /// Records that this invocation archived.
    pub archived: u64,
    /// Records that were in a file already.
    pub already_archived: u64,
    /// Records that were not deleted by time to live; the filter of the mapping hides them.
    pub left: u64,
    /// Files that this invocation wrote.
    pub files: u64,
    /// The time of the oldest record in the event, in seconds since 1970.
    pub oldest: Option<u64>,
}

impl LambdaReport {
    /// What the function answers, as a tumbling window wants it: there is no state, and nothing is
    /// to be handed over again.
    #[must_use]
    pub fn response(&self) -> &'static str {
        r#"{"state":{},"batchItemFailures":[]}"#
    }
}

impl fmt::Debug for LambdaArchiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LambdaArchiver").field("sink", &self.sink).finish_non_exhaustive()
    }
}

impl LambdaArchiver {
    /// What writes the files of a stream into a store, which holds the archive of its table or is
    /// empty. The archive that is there says how files are written.
    ///
    /// # Errors
    /// [`ForeignArchive`](ArchiveErrorKind::ForeignArchive) when it is that of another table,
    /// [`InvalidInput`](ArchiveErrorKind::InvalidInput) when `stream` is no ARN of a stream, or when
    /// the store cannot be read or written.
    pub async fn sink(store: &Store, stream: &str) -> Result<ArchiveSink, ArchiveError> {
        let (table_arn, label) = stream.split_once("/stream/").ok_or_else(|| {
            ArchiveError::invalid(format!("{stream} is no ARN of a DynamoDB stream"))
        })?;
        let table = table_arn.rsplit('/').next().unwrap_or(table_arn);
        let found = ArchiveDescriptor::read(store).await?;
        let (format, compression) = found
            .map_or((LineFormat::default(), ArchiveCompression::default()), |found| {
                (found.format, found.compression)
            });
        let archive = ArchiveDescriptor::new(table, table_arn, format, compression);
        let archive = archive.begin(store).await?;
        Ok(ArchiveSink::new(store.clone(), archive, stream, label))
    }

    /// Archives into this sink.
    #[must_use]
    pub fn new(sink: ArchiveSink, leases: Arc<dyn LeaseStore>) -> Self {
        Self { sink, leases, replicated: Replicated::default() }
    }

    /// The table whose archive it is.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.sink.archive().table
    }

    /// What is done with deletes that may be replicas of deletes by time to live.
    #[must_use]
    pub fn replicated(mut self, replicated: Replicated) -> Self {
        self.replicated = replicated;
        self
    }

    /// Archives the records of one event. Memory: the event, its records, and the lines of one file.
    ///
    /// # Errors
    /// [`InvalidInput`](ArchiveErrorKind::InvalidInput) for an event that is none of a `DynamoDB`
    /// stream, does not tell its shard, or has records out of their order. When the destination or
    /// the leases cannot be read or written. Lambda hands the event over again after an error, and
    /// does not go on with its shard.
    pub async fn handle(&self, event: &[u8]) -> Result<LambdaReport, ArchiveError> {
        let Some(batch) = Batch::from_json(event)? else { return Ok(LambdaReport::default()) };
        if batch.stream != self.sink.stream() {
            let message =
                format!("the event is of {}, not of {}", batch.stream, self.sink.stream());
            return Err(ArchiveError::new(ArchiveErrorKind::ForeignArchive, message));
        }
        let mut report = LambdaReport { shard: Some(batch.shard.clone()), ..Default::default() };
        report.records = batch.records.len() as u64;
        report.oldest = batch.records.iter().map(|record| record.created).min();
        let format = self.sink.archive().format;
        let mut lines = Vec::with_capacity(batch.records.len());
        for record in &batch.records {
            match self.line(record, format)? {
                Some(line) => lines.push(line),
                None => report.left += 1,
            }
        }
        self.archive(&batch, lines, &mut report).await?;
        Ok(report)
    }

    fn line(
        &self,
        record: &ArchiveRecord,
        format: LineFormat,
    ) -> Result<Option<ArchiveLine>, ArchiveError> {
        match record.class(&self.replicated) {
            RecordClass::TtlDelete => ArchiveLine::of(record, false, format).map(Some),
            RecordClass::ProbableTtlDelete => ArchiveLine::of(record, true, format).map(Some),
            _ => Ok(None),
        }
    }

    /// Writes the lines behind the end of the archive, wherever others move it meanwhile.
    async fn archive(
        &self,
        batch: &Batch,
        mut lines: Vec<ArchiveLine>,
        report: &mut LambdaReport,
    ) -> Result<(), ArchiveError> {
        let mut lease = self.lease(&batch.stream, &batch.shard).await?;
        for _ in 0..ATTEMPTS {
            if let Some(anchor) = &lease.anchor {
                let behind = lines.partition_point(|line| line.about.sequence <= *anchor);
                // A new one each time: others may have written files since.
                let mut late = Late::new(&self.sink, &batch.shard);
                for line in lines.drain(..behind) {
                    late.prove(&line.about.sequence).await?;
                    report.already_archived += 1;
                }
            }
            if lines.is_empty() {
                return Ok(());
            }
            let (anchor, created) = (lease.anchor.as_ref(), lease.anchor_created);
            let file = self.sink.commit(&batch.shard, anchor, created, &lines).await?;
            let is_own = !file.adopted;
            lease = self.advance(lease, &file).await?;
            if is_own {
                // It has all of them, whatever became of the lease.
                report.archived += lines.len() as u64;
                report.files += 1;
                return Ok(());
            }
        }
        let message = format!("too many others archive {}; it is tried again", batch.shard);
        Err(ArchiveError::new(ArchiveErrorKind::LeaseLost, message))
    }

    /// The lease of a shard, made when there is none.
    async fn lease(&self, stream: &str, shard: &str) -> Result<Lease, ArchiveError> {
        let new = Lease::new(stream, shard);
        if let Some(lease) = self.leases.get(stream, shard).await? {
            return Ok(lease);
        }
        if self.leases.create_if_absent(&new).await? {
            return Ok(new);
        }
        let found = self.leases.get(stream, shard).await?;
        found.ok_or_else(|| {
            let message = format!("the lease of {shard} was there and is gone");
            ArchiveError::new(ArchiveErrorKind::LeaseLost, message)
        })
    }

    /// Moves the lease to the end of a file. Where another has moved it, that one counts: its file
    /// is there as well.
    async fn advance(&self, lease: Lease, file: &Committed) -> Result<Lease, ArchiveError> {
        let mut next = lease.clone();
        next.anchor = Some(file.meta.last.clone());
        next.anchor_created = Some(file.meta.last_created);
        next.covered = lease.covered.max(next.anchor_created);
        next.counter = lease.counter + 1;
        match self.leases.update(&next, lease.counter).await {
            Ok(()) => Ok(next),
            Err(error) if error.kind() == ArchiveErrorKind::LeaseLost => {
                let found = self.lease(&lease.stream, &lease.shard).await?;
                Ok(if is_behind(&found, &file.meta.last) {
                    // Another has moved something else in it. The next invocation moves the anchor.
                    Lease { counter: found.counter, ..next }
                } else {
                    found
                })
            }
            Err(error) => Err(error),
        }
    }
}

fn is_behind(lease: &Lease, last: &SequenceNumber) -> bool {
    lease.anchor.as_ref().is_none_or(|anchor| anchor < last)
}
