//! Reading a shard, page by page.

use super::ClassCounts;
use super::shard::{Ended, ShardRun};
use crate::polling::{PageKind, Polling};
use crate::{
    ArchiveError, ArchiveLine, ArchiveRecord, GapCause, MOST_RECORDS, RecordClass, RecordsPage,
    StreamsError, StreamsErrorKind,
};
use ddbkit_flow::{ProgressEvent, RetryPolicy};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;

/// A shard that gives so many empty pages in a row is at its end, as far as anybody can tell: the
/// service says of no open shard that it was read to its end.
const QUIET_PAGES: u32 = 4;

const SECOND: Duration = Duration::from_secs(1);

/// The reading of one shard.
pub(super) struct Pages<'a> {
    pub(super) shard: &'a mut ShardRun,
    polling: Polling,
    retry: RetryPolicy,
    refused: u32,
    /// When this run began, in seconds since 1970.
    began: u64,
    /// Behind a gap, until a record is read: what the position names is gone from the stream.
    pub(super) from_horizon: bool,
    /// The next page begins at the trim horizon, and nothing says yet that this is the beginning of
    /// the shard.
    pub(super) unproven: bool,
}

/// What a call came to.
pub(super) enum Got<T> {
    Some(T),
    /// Ask again with a new iterator.
    Again,
    /// The shard is gone.
    Gone,
}

impl<'a> Pages<'a> {
    pub(super) fn new(shard: &'a mut ShardRun) -> Self {
        let options = &shard.ctx.options;
        // Who waits for the end of the work waits no longer than that for a shard.
        let latency = if options.once { options.latency.min(SECOND) } else { options.latency };
        let polling = Polling::new(latency, options.fastest);
        let retry = RetryPolicy::new(Duration::from_millis(500), Duration::from_secs(30));
        let began = shard.ctx.now();
        Self { shard, polling, retry, refused: 0, began, from_horizon: false, unproven: false }
    }

    /// Reads the shard to its end, which is `None`, or until something else ends the work.
    pub(super) async fn read(&mut self) -> Result<Option<Ended>, ArchiveError> {
        let mut iterator = None;
        loop {
            if self.shard.ctx.control.is_cancelled() {
                self.shard.flush().await?;
                return Ok(Some(Ended::Released));
            }
            let token = match iterator.take() {
                Some(token) => token,
                None => match self.iterator().await? {
                    Got::Some(token) => token,
                    Got::Again => continue,
                    Got::Gone => return self.shard.vanished().await.map(Some),
                },
            };
            match self.page(&token).await? {
                Got::Some((None, _)) => {
                    self.shard.flush().await?;
                    return Ok(None);
                }
                Got::Some((next, kind)) => {
                    iterator = next;
                    let delay = self.polling.after(kind);
                    if self.is_quiet(kind) {
                        self.shard.flush().await?;
                        return Ok(Some(Ended::Quiet));
                    }
                    self.shard.pause(delay).await?;
                }
                Got::Again => {}
                Got::Gone => return self.shard.vanished().await.map(Some),
            }
        }
    }

    /// Whether the shard has nothing new, where that ends the work: no records for several pages, or
    /// records that are newer than this run.
    fn is_quiet(&self, kind: PageKind) -> bool {
        let reached = || self.shard.lease.covered.is_some_and(|covered| covered > self.began);
        self.shard.ctx.options.once
            && (self.polling.empty_pages() >= QUIET_PAGES
                || (kind == PageKind::Newest && reached()))
    }

    /// One page: its records are counted, and buffered where they are to be archived.
    async fn page(&mut self, token: &str) -> Result<Got<(Option<String>, PageKind)>, ArchiveError> {
        let ctx = self.shard.ctx.clone();
        let permit = self.shard.permit(&ctx).await?;
        ctx.counters.lock().report.calls.get_records += 1;
        let answer = ctx.control.run(ctx.api.get_records(token, MOST_RECORDS)).await;
        // Nothing was taken from the stream: the next run asks again.
        let Ok(answer) = answer else { return Ok(Got::Again) };
        let page = match answer {
            Ok(page) => page,
            Err(error) => {
                drop(permit);
                return self.refused(error).await;
            }
        };
        self.refused = 0;
        self.shard.troubled = None;
        self.check_beginning().await?;
        let fresh = ctx.now().saturating_sub(ctx.options.latency.as_secs().max(1));
        let kind = PageKind::of(&page.records, MOST_RECORDS, fresh);
        let at_end = kind != PageKind::Full && self.polling.empty_pages() > 0;
        let next = self.take(page)?;
        drop(permit);
        self.covered(kind, at_end);
        self.shard.alive();
        if self.is_due() {
            self.shard.flush().await?;
        }
        Ok(Got::Some((next, kind)))
    }

    /// Counts the records, and buffers those that are to be archived.
    fn take(&mut self, page: RecordsPage) -> Result<Option<String>, ArchiveError> {
        let ctx = self.shard.ctx.clone();
        let mut position = self.shard.position();
        let mut read = ClassCounts::default();
        for record in page.records {
            let place = record.place()?;
            // An iterator that began before the position: at the trim horizon, behind a gap.
            if position.as_ref().is_some_and(|position| place <= position) {
                continue;
            }
            let class = record.class(&ctx.options.replicated);
            read.add(class);
            let probable = class == RecordClass::ProbableTtlDelete;
            if class == RecordClass::TtlDelete || probable {
                self.count_expiry(&record);
                let line = ArchiveLine::of(&record, probable, ctx.sink.archive().format)?;
                self.shard.buffer.push(line);
                self.shard.waiting_since.get_or_insert_with(Instant::now);
            }
            let covered = &mut self.shard.lease.covered;
            *covered = (*covered).max(Some(record.created));
            position = record.sequence;
            self.from_horizon = false;
        }
        ctx.counters.lock().report.read.add_all(&read);
        self.shard.last = position;
        Ok(page.next_iterator)
    }

    fn count_expiry(&self, record: &ArchiveRecord) {
        let ctx = &self.shard.ctx;
        let Some(attribute) = &ctx.options.ttl_attribute else { return };
        if record.expiry(attribute).is_some() {
            return;
        }
        let without = {
            let report = &mut ctx.counters.lock().report;
            report.without_expiry += 1;
            report.without_expiry
        };
        if without == 1 {
            ctx.warn(format!(
                "an item that TTL deleted from {} has no number in {attribute}; it is archived \
                 all the same, as are others like it",
                self.shard.lease.shard
            ));
        }
    }

    /// Up to when everything is archived: what waits in the buffer is not.
    fn covered(&mut self, kind: PageKind, at_end: bool) {
        let now = self.shard.ctx.now();
        let lease = &mut self.shard.lease;
        if kind == PageKind::Empty && at_end {
            lease.covered = lease.covered.max(Some(now));
        }
        if let Some(oldest) = self.shard.buffer.oldest_created() {
            lease.covered = lease.covered.min(Some(oldest));
        }
    }

    fn is_due(&self) -> bool {
        let (shard, options) = (&self.shard, &self.shard.ctx.options);
        let is_full = shard.buffer.len() >= options.file_records
            || shard.buffer.bytes() >= options.file_bytes
            || shard.ctx.buffered.load(Ordering::Relaxed) > options.buffer_bytes;
        let is_old = shard.waiting_since.is_some_and(|since| since.elapsed() >= options.file_age);
        !shard.buffer.is_empty() && (is_full || is_old)
    }

    /// What follows from an error of a call; `Again` asks for a new iterator.
    pub(super) async fn refused<T>(&mut self, error: StreamsError) -> Result<Got<T>, ArchiveError> {
        match error.kind() {
            StreamsErrorKind::ExpiredIterator => Ok(Got::Again),
            StreamsErrorKind::TrimmedData => self.trimmed().await,
            StreamsErrorKind::NotFound => self.gone(error).await,
            kind if kind.is_transient() => {
                if kind != StreamsErrorKind::Unavailable {
                    self.shard.ctx.counters.lock().report.throttled += 1;
                    self.shard.ctx.control.emit(&ProgressEvent::Throttled);
                }
                let delay = self.retry.delay(self.refused);
                self.refused = self.refused.saturating_add(1);
                self.shard.troubled.get_or_insert_with(Instant::now);
                self.shard.pause(delay).await?;
                Ok(Got::Again)
            }
            _ => Err(error.into()),
        }
    }

    /// What is behind the position was trimmed: unless a file has it, it is lost.
    async fn trimmed<T>(&mut self) -> Result<Got<T>, ArchiveError> {
        self.shard.flush().await?;
        if self.shard.adopt().await? {
            return Ok(Got::Again);
        }
        self.shard.loss(GapCause::Trimmed).await?;
        self.from_horizon = true;
        Ok(Got::Again)
    }

    /// The shard is gone, or the whole stream.
    async fn gone<T>(&mut self, error: StreamsError) -> Result<Got<T>, ArchiveError> {
        let ctx = self.shard.ctx.clone();
        ctx.counters.lock().report.calls.describe_stream += 1;
        match ctx.api.describe_stream(&ctx.stream, None, Some(1)).await {
            Err(stream) if stream.kind() == StreamsErrorKind::NotFound => Err(error.into()),
            _ => {
                self.shard.flush().await?;
                self.shard.adopt().await?;
                Ok(Got::Gone)
            }
        }
    }
}
