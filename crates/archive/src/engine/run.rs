//! One run of a worker: leases are taken, shards are read, until the end.

use super::context::Context;
use super::shard::{Ended, ShardRun};
use super::take::{Observed, Share};
use crate::{
    ArchiveError, ArchiveErrorKind, ClosedShard, GapCause, Lease, LeaseState, ShardLineage,
    StreamPage, StreamStatus, list_shards,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};
use tokio::time::Instant;

pub(super) struct Run {
    ctx: Arc<Context>,
    tasks: JoinSet<Result<Ended, ArchiveError>>,
    /// The shards that are being read.
    running: BTreeMap<String, AbortHandle>,
    shards: HashMap<Id, String>,
    observed: Observed,
    /// Shards that are left alone until then.
    parked: BTreeMap<String, Instant>,
    /// Shards that have nothing new, where the work is done once.
    quiet: BTreeSet<String>,
    listing: Option<StreamPage>,
    next_audit: Instant,
    is_disabled: bool,
}

impl Run {
    pub(super) fn new(ctx: Arc<Context>, listing: StreamPage) -> Self {
        Self {
            ctx,
            tasks: JoinSet::new(),
            running: BTreeMap::new(),
            shards: HashMap::new(),
            observed: Observed::default(),
            parked: BTreeMap::new(),
            quiet: BTreeSet::new(),
            listing: Some(listing),
            next_audit: Instant::now(),
            is_disabled: false,
        }
    }

    /// Works until the end, and stops all work on shards before it returns.
    pub(super) async fn drive(mut self) -> Result<(), ArchiveError> {
        let result = self.until_the_end().await;
        self.ctx.control.cancel();
        let mut result = result;
        while let Some(ended) = self.tasks.join_next_with_id().await {
            // The first error counts; those after it are of work that was told to stop.
            if let Err(error) = self.ended(ended)
                && result.is_ok()
            {
                result = Err(error);
            }
        }
        match result {
            Err(error) if error.kind() == ArchiveErrorKind::Canceled => Ok(()),
            result => result,
        }
    }

    async fn until_the_end(&mut self) -> Result<(), ArchiveError> {
        let control = self.ctx.control.clone();
        while !control.is_cancelled() {
            if self.turn().await? {
                self.ctx.counters.lock().report.finished = true;
                return Ok(());
            }
            let tick = tokio::time::sleep(self.ctx.options.lease_duration / 3);
            tokio::select! {
                ended = self.tasks.join_next_with_id(), if !self.tasks.is_empty() => {
                    if let Some(ended) = ended {
                        self.ended(ended)?;
                    }
                    // A turn reads all leases: one for all that ended together.
                    while let Some(ended) = self.tasks.try_join_next_with_id() {
                        self.ended(ended)?;
                    }
                }
                () = tick => {}
                () = control.cancelled() => {}
            }
            self.watch();
        }
        Ok(())
    }

    /// Looks at all leases, takes what it may; whether there is nothing left to do.
    async fn turn(&mut self) -> Result<bool, ArchiveError> {
        let ctx = self.ctx.clone();
        let mut leases = ctx.leases.list(&ctx.stream).await?;
        if let Some(listing) = self.listing().await? {
            self.is_disabled = listing.status == StreamStatus::Disabled;
            let lineage = ShardLineage::new(&ctx.stream, leases);
            let plan = lineage.plan(&listing.shards);
            self.unknown(&plan.unknown_parents).await?;
            leases = lineage.leases().cloned().collect();
            for lease in plan.create {
                ctx.leases.create_if_absent(&lease).await?;
                leases.push(lease);
            }
            for lease in plan.remove {
                match ctx.leases.delete(&lease.stream, &lease.shard, lease.counter).await {
                    Err(error) if error.kind() != ArchiveErrorKind::LeaseLost => return Err(error),
                    _ => leases.retain(|other| other.shard != lease.shard),
                }
            }
        }
        let lineage = ShardLineage::new(&ctx.stream, leases);
        self.observed.see(lineage.leases());
        let now = Instant::now();
        self.parked.retain(|_, until| *until > now);
        let skipped = |shard: &str| self.quiet.contains(shard) || self.parked.contains_key(shard);
        let share = Share {
            owner: &ctx.owner,
            expires: ctx.options.lease_duration,
            observed: &self.observed,
        };
        let candidates: Vec<&Lease> = lineage
            .ready()
            .into_iter()
            .filter(|shard| !skipped(shard))
            .filter_map(|shard| lineage.get(shard))
            .collect();
        let is_running = |shard: &str| self.running.contains_key(shard);
        let chosen: Vec<Lease> =
            share.choose(&candidates, is_running).into_iter().cloned().collect();
        let waits = share.waits(&candidates);
        for lease in chosen {
            self.take(lease).await?;
        }
        let all_closed = lineage.leases().all(|lease| lease.state == LeaseState::Closed);
        let is_over = (ctx.options.once && !waits && self.parked.is_empty())
            || (self.is_disabled && all_closed && self.listing.is_none());
        Ok(is_over && self.running.is_empty())
    }

    /// The listing that is due, if one is.
    async fn listing(&mut self) -> Result<Option<StreamPage>, ArchiveError> {
        let now = Instant::now();
        if self.listing.is_none() && now < self.next_audit {
            return Ok(None);
        }
        self.next_audit = now + self.ctx.options.audit_interval;
        if let Some(listing) = self.listing.take() {
            return Ok(Some(listing));
        }
        let mut calls = 0;
        let listing = list_shards(self.ctx.api.as_ref(), &self.ctx.stream, &mut calls);
        let listing = self.ctx.control.run(listing).await?;
        self.ctx.counters.lock().report.calls.describe_stream += calls;
        match listing {
            Ok(listing) => Ok(Some(listing)),
            // The shards that are known go on; the next turn asks again.
            Err(error) if error.kind().is_transient() => {
                self.ctx.warn(format!("shards could not be listed: {error}"));
                self.next_audit = now + self.ctx.options.lease_duration;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Shards that nobody listed or read, and from which others go on: lost, unless they are from
    /// before the archive or were archived.
    async fn unknown(&self, parents: &[String]) -> Result<(), ArchiveError> {
        for parent in parents {
            let key = self.ctx.sink.layout().closed_key(parent);
            if self.ctx.seeds.contains(parent)
                || self.ctx.sink.read_document::<ClosedShard>(&key).await?.is_some()
            {
                continue;
            }
            self.ctx.gap(parent, None, None, GapCause::ShardNeverSeen).await?;
        }
        Ok(())
    }

    async fn take(&mut self, lease: Lease) -> Result<(), ArchiveError> {
        let ctx = self.ctx.clone();
        let owner = Some(ctx.owner.clone());
        let taken = Lease { owner, counter: lease.counter + 1, ..lease.clone() };
        match ctx.leases.update(&taken, lease.counter).await {
            // Another worker was faster.
            Err(error) if error.kind() == ArchiveErrorKind::LeaseLost => return Ok(()),
            other => other?,
        }
        self.observed.see([&taken]);
        let shard = taken.shard.clone();
        let handle = self.tasks.spawn(ShardRun::new(ctx, taken).work());
        self.shards.insert(handle.id(), shard.clone());
        self.running.insert(shard, handle);
        Ok(())
    }

    /// The work on a shard ended.
    fn ended(
        &mut self,
        ended: Result<(Id, Result<Ended, ArchiveError>), JoinError>,
    ) -> Result<(), ArchiveError> {
        let (id, ended) = match ended {
            Ok((id, ended)) => (id, ended),
            // Stopped by the watchdog: its lease is still ours, and is taken in the next turn.
            Err(error) if error.is_cancelled() => (error.id(), Ok(Ended::Lost)),
            Err(error) => {
                let message = "the work on a shard broke off: a defect of this program";
                return Err(ArchiveError::corrupt(message).caused_by(error));
            }
        };
        let Some(shard) = self.shards.remove(&id) else { return ended.map(|_| ()) };
        self.running.remove(&shard);
        let mut counted = self.ctx.counters.lock();
        counted.shards.remove(&shard);
        match ended? {
            Ended::Lost => {
                counted.report.lost_leases += 1;
                // Two workers of one name would take it from each other without a pause.
                self.parked.insert(shard, Instant::now() + self.ctx.options.lease_duration);
            }
            Ended::Quiet => {
                self.quiet.insert(shard);
            }
            Ended::Childless if self.ctx.options.once => {
                self.quiet.insert(shard);
            }
            Ended::Childless => {
                let until = Instant::now() + self.ctx.options.latency;
                self.parked.insert(shard, until);
            }
            Ended::Closed | Ended::Released => {}
        }
        Ok(())
    }

    /// Begins shards again of which nothing came through for too long.
    fn watch(&mut self) {
        let stalled_after = self.ctx.options.stalled_after;
        let stalled: Vec<String> = {
            let mut counted = self.ctx.counters.lock();
            let is_stalled = |alive: Instant| alive.elapsed() > stalled_after;
            let shards: Vec<String> = counted
                .shards
                .iter()
                .filter(|(_, watched)| is_stalled(watched.alive))
                .map(|(shard, _)| shard.clone())
                .collect();
            counted.report.stalled += shards.len() as u64;
            shards
        };
        for shard in stalled {
            let minutes = stalled_after.as_secs() / 60;
            self.ctx.warn(format!("no call for {shard} succeeded for {minutes} minutes"));
            if let Some(handle) = self.running.get(&shard) {
                handle.abort();
            }
        }
    }
}
