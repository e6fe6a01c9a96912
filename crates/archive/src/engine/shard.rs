//! One shard, from its lease to its closing record.

use super::context::Context;
use super::counters::Watched;
use super::page::Pages;
use crate::lineage::children_of;
use crate::outlook::open_since;
use crate::{
    ArchiveError, ArchiveErrorKind, ClosedShard, Committed, GapCause, Lease, LeaseState, LineBuffer,
};
use ddbkit_codec::SequenceNumber;
use ddbkit_flow::ProgressEvent;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How the work on a shard ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// It is archived to its end, and its children have leases.
    Closed,
    /// It is archived to its end, and has no children yet.
    Childless,
    /// It has nothing new, and that was asked for.
    Quiet,
    /// Another worker has it.
    Lost,
    /// The work was to stop; another worker may have it at once.
    Released,
}

/// The work on one shard, under a lease that this worker has taken.
pub(super) struct ShardRun {
    pub(super) ctx: Arc<Context>,
    pub(super) lease: Lease,
    pub(super) buffer: LineBuffer,
    /// When the oldest line came into the buffer.
    pub(super) waiting_since: Option<Instant>,
    /// The last record that was read, in this run.
    pub(super) last: Option<SequenceNumber>,
    renewed: Instant,
    /// Since when no call for the shard came through; a lease that is renewed meanwhile is no life.
    pub(super) troubled: Option<Instant>,
}

impl ShardRun {
    pub(super) fn new(ctx: Arc<Context>, lease: Lease) -> Self {
        let buffer = LineBuffer::counting_into(ctx.buffered.clone());
        let run = Self {
            ctx,
            lease,
            buffer,
            waiting_since: None,
            last: None,
            renewed: Instant::now(),
            troubled: None,
        };
        run.alive();
        run
    }

    pub(super) async fn work(mut self) -> Result<Ended, ArchiveError> {
        let ended = match self.archive_all().await {
            Err(error) if error.kind() == ArchiveErrorKind::LeaseLost => Ok(Ended::Lost),
            ended => ended,
        };
        match ended {
            Ok(Ended::Closed | Ended::Lost) => ended,
            Ok(_) => self.release().await.and(ended),
            Err(_) => {
                // The first error counts; a lease that is not handed over is taken over later.
                let _ = self.release().await;
                ended
            }
        }
    }

    async fn archive_all(&mut self) -> Result<Ended, ArchiveError> {
        if self.lease.state == LeaseState::Open && self.was_closed().await? {
            return Ok(Ended::Closed);
        }
        // A file whose writer died before it moved the lease is there, and must be known before
        // anything is read: what is in it is no loss, and is not written again.
        self.adopt().await?;
        if self.lease.state == LeaseState::Open {
            match Pages::new(self).read().await? {
                Some(ended) => return Ok(ended),
                None => self.update(|lease| lease.state = LeaseState::Drained).await?,
            }
        }
        self.close(false).await
    }

    /// Whether the shard was archived to its end before, and its lease is new: a lease table that
    /// was lost, or a lease that was cleaned away too early.
    async fn was_closed(&mut self) -> Result<bool, ArchiveError> {
        if self.lease.position().is_some() {
            return Ok(false);
        }
        let key = self.ctx.sink.layout().closed_key(&self.lease.shard);
        let Some(closed) = self.ctx.sink.read_document::<ClosedShard>(&key).await? else {
            return Ok(false);
        };
        self.children(closed.children.clone()).await?;
        self.update(|lease| {
            lease.children = closed.children;
            lease.anchor = closed.anchor;
            lease.read = closed.read;
            lease.state = LeaseState::Closed;
            lease.owner = None;
        })
        .await?;
        Ok(true)
    }

    /// Goes on behind all files that are there; whether there were any.
    pub(super) async fn adopt(&mut self) -> Result<bool, ArchiveError> {
        let mut any = false;
        loop {
            let lease = &self.lease;
            let sink = &self.ctx.sink;
            let found =
                sink.find(&lease.shard, lease.anchor.as_ref(), lease.anchor_created).await?;
            let Some(found) = found else { return Ok(any) };
            any = true;
            self.committed(found).await?;
        }
    }

    /// Makes files of all lines in the buffer.
    pub(super) async fn flush(&mut self) -> Result<(), ArchiveError> {
        while !self.buffer.is_empty() {
            let ctx = self.ctx.clone();
            let _permit = self.permit(&ctx).await?;
            let file = self.commit(&ctx).await?;
            self.committed(file).await?;
        }
        Ok(())
    }

    async fn commit(&mut self, ctx: &Context) -> Result<Committed, ArchiveError> {
        let lease = &self.lease;
        let (shard, anchor, created) =
            (lease.shard.clone(), lease.anchor.clone(), lease.anchor_created);
        let lines = self.buffer.lines();
        let commit = ctx.sink.commit(&shard, anchor.as_ref(), created, lines);
        let mut commit = std::pin::pin!(commit);
        // A store that takes long must not cost the lease.
        loop {
            let renew = self.renewed + ctx.options.lease_duration / 3;
            tokio::select! {
                committed = &mut commit => return committed,
                () = tokio::time::sleep_until(renew) => {
                    next(ctx, &mut self.lease, |_| ()).await?;
                    self.renewed = Instant::now();
                }
            }
        }
    }

    /// A file is behind the anchor: counts it, and moves the lease behind it.
    async fn committed(&mut self, file: Committed) -> Result<(), ArchiveError> {
        let Committed { key, meta, bytes, adopted, values } = file;
        {
            let counted = &mut *self.ctx.counters.lock();
            // Nobody must see these records in a file and waiting for one.
            if let Some(watched) = counted.shards.get_mut(&self.lease.shard) {
                watched.buffered = watched.buffered.saturating_sub(meta.count);
            }
            let report = &mut counted.report;
            if adopted {
                report.adopted_files += 1;
            } else {
                report.files += 1;
                report.archived += meta.count;
                report.bytes += bytes;
                report.values.add(values);
            }
        }
        if !adopted {
            self.ctx.control.emit(&ProgressEvent::Advanced { items: meta.count, bytes });
            self.ctx.control.emit(&ProgressEvent::FileClosed { key, items: meta.count, bytes });
        }
        self.buffer.drop_through(&meta.last);
        self.waiting_since = self.waiting_since.filter(|_| !self.buffer.is_empty());
        self.last = self.last.take().max(Some(meta.last.clone()));
        self.update(|lease| {
            lease.anchor = Some(meta.last);
            lease.anchor_created = Some(meta.last_created);
        })
        .await
    }

    /// A permit to hold a page or to write a file. The lease is renewed while it is waited for.
    pub(super) async fn permit<'a>(
        &mut self,
        ctx: &'a Context,
    ) -> Result<tokio::sync::SemaphorePermit<'a>, ArchiveError> {
        loop {
            let renew = self.renewed + ctx.options.lease_duration / 3;
            match tokio::time::timeout_at(renew, ctx.permits.acquire()).await {
                Ok(Ok(permit)) => return Ok(permit),
                Ok(Err(_)) => return Err(ddbkit_flow::Cancelled.into()),
                Err(_) => self.update(|_| ()).await?,
            }
        }
    }

    /// Waits, and does what comes due meanwhile: the lease, a file that is old enough.
    pub(super) async fn pause(&mut self, delay: Duration) -> Result<(), ArchiveError> {
        let until = Instant::now() + delay;
        loop {
            let renew = self.renewed + self.ctx.options.lease_duration / 3;
            let age = self.waiting_since.map(|since| since + self.ctx.options.file_age);
            let wake = until.min(renew).min(age.unwrap_or(until));
            if self.ctx.control.run(tokio::time::sleep_until(wake)).await.is_err() {
                return Ok(());
            }
            let now = Instant::now();
            if age.is_some_and(|age| age <= now) {
                self.flush().await?;
            } else if renew <= now {
                self.update(|_| ()).await?;
            }
            if until <= now {
                return Ok(());
            }
        }
    }

    /// Renews the lease, with everything that is known: how far was read counts only while nothing
    /// waits in the buffer.
    pub(super) async fn update(
        &mut self,
        change: impl FnOnce(&mut Lease),
    ) -> Result<(), ArchiveError> {
        let read = self.last.clone().filter(|_| self.buffer.is_empty());
        next(&self.ctx, &mut self.lease, |lease| {
            lease.read = lease.read.take().max(read);
            change(lease);
        })
        .await?;
        self.renewed = Instant::now();
        self.alive();
        Ok(())
    }

    /// Hands the lease over: whoever comes first has it.
    async fn release(&mut self) -> Result<(), ArchiveError> {
        match self.update(|lease| lease.owner = None).await {
            Err(error) if error.kind() == ArchiveErrorKind::LeaseLost => Ok(()),
            other => other,
        }
    }

    /// Tells the watchdog, and whoever asks how far the shard is.
    pub(super) fn alive(&self) {
        let lease = &self.lease;
        let watched = Watched {
            covered: lease.covered,
            state: lease.state,
            buffered: self.buffer.len() as u64,
            since: open_since(&lease.shard, lease.covered, self.ctx.began),
            alive: self.troubled.unwrap_or_else(Instant::now),
        };
        self.ctx.counters.lock().shards.insert(lease.shard.clone(), watched);
    }

    /// From where reading goes on.
    pub(super) fn position(&self) -> Option<SequenceNumber> {
        self.lease.position().cloned().max(self.last.clone())
    }

    /// The shard is gone, with what was behind the position.
    pub(super) async fn vanished(&mut self) -> Result<Ended, ArchiveError> {
        self.loss(GapCause::ShardVanished).await?;
        self.update(|lease| lease.state = LeaseState::Drained).await?;
        self.close(true).await
    }

    /// Records behind the position are lost, or may be. What is in the buffer is archived first.
    pub(super) async fn loss(&mut self, cause: GapCause) -> Result<(), ArchiveError> {
        self.flush().await?;
        let after = self.position();
        let created = self.lease.anchor_created.max(self.lease.covered);
        self.ctx.clone().gap(&self.lease.shard, after.as_ref(), created, cause).await
    }

    /// Everything of the shard is archived: its children get leases, then it its closing record.
    async fn close(&mut self, vanished: bool) -> Result<Ended, ArchiveError> {
        let ctx = self.ctx.clone();
        let mut calls = 0;
        let children =
            children_of(ctx.api.as_ref(), &ctx.stream, &self.lease.shard, &mut calls).await;
        ctx.counters.lock().report.calls.describe_stream += calls;
        let children = children?;
        let are_unknown = children.shards.is_empty() && !children.is_last;
        if are_unknown && !vanished {
            if !children.is_gone {
                return Ok(Ended::Childless);
            }
            // Where something was lost behind the same position before, that note stays.
            self.loss(GapCause::ChildrenNeverSeen).await?;
        }
        let mut ids: Vec<String> = children.shards.into_iter().map(|shard| shard.id).collect();
        ids.sort_unstable();
        self.children(ids.clone()).await?;
        let closed = ClosedShard {
            version: 1,
            stream: ctx.stream.clone(),
            shard: self.lease.shard.clone(),
            parent: self.lease.parent.clone(),
            children: ids.clone(),
            anchor: self.lease.anchor.clone(),
            read: self.position(),
            vanished: vanished || are_unknown,
        };
        ctx.sink.document(&ctx.sink.layout().closed_key(&self.lease.shard), &closed).await?;
        self.update(|lease| {
            lease.children = ids;
            lease.state = LeaseState::Closed;
            lease.owner = None;
        })
        .await?;
        ctx.counters.lock().report.closed_shards += 1;
        Ok(Ended::Closed)
    }

    async fn children(&self, ids: Vec<String>) -> Result<(), ArchiveError> {
        for id in ids {
            let parent = Some(self.lease.shard.clone());
            let child = Lease { parent, ..Lease::new(&self.ctx.stream, id) };
            self.ctx.leases.create_if_absent(&child).await?;
        }
        Ok(())
    }
}

/// Writes the next version of a lease on the condition that nobody did.
async fn next(
    ctx: &Context,
    lease: &mut Lease,
    change: impl FnOnce(&mut Lease),
) -> Result<(), ArchiveError> {
    let mut next = lease.clone();
    next.counter += 1;
    change(&mut next);
    ctx.leases.update(&next, lease.counter).await?;
    *lease = next;
    Ok(())
}
