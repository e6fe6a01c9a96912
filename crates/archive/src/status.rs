//! How an archive stands, for people and alarms.

use crate::outlook::{Outlook, open_since};
use crate::unix_millis::unix_millis;
use crate::{
    ArchiveDescriptor, ArchiveError, ArchiveLayout, Clock, GapRecord, LeaseState, LeaseStore,
    SeedRecord,
};
use ddbkit_store::{Store, StoreErrorKind};
use std::time::Duration;

/// How a shard stands.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ShardStatus {
    /// The shard.
    pub shard: String,
    /// How far it is.
    pub state: LeaseState,
    /// The worker that reads it.
    pub owner: Option<String>,
    /// All records up to this time, in seconds since 1970, are archived or need not be; `None` before
    /// the first record.
    pub covered: Option<u64>,
    /// How far the archive is behind, where there may be more to archive.
    pub lag: Option<Duration>,
    /// How long it takes, if nothing is done, until the stream may lose records of the shard that are
    /// not archived; zero when that may have happened. `None` where nothing can be lost any more.
    pub until_loss: Option<Duration>,
}

/// How the archive of a stream stands, by its leases and gaps.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ArchiveStatus {
    /// The archive.
    pub archive: ArchiveDescriptor,
    /// The ARN of the stream.
    pub stream: String,
    /// Shards that are not archived to their end, the one that is next to lose records first.
    pub shards: Vec<ShardStatus>,
    /// How many shards are archived to their end and still have a lease.
    pub closed: u64,
    /// All losses that are written down.
    pub gaps: Vec<GapRecord>,
}

impl ArchiveStatus {
    /// Looks at an archive. `retention` is how long the stream keeps records: 24 hours in the service.
    ///
    /// # Errors
    /// When the leases or the archive cannot be read.
    pub async fn look(
        store: &Store,
        archive: ArchiveDescriptor,
        leases: &dyn LeaseStore,
        stream: &str,
        retention: Duration,
        clock: &dyn Clock,
    ) -> Result<Self, ArchiveError> {
        let layout = ArchiveLayout::new(stream.rsplit('/').next().unwrap_or(stream));
        let now = unix_millis(clock.now()) / 1000;
        let began = match read::<SeedRecord>(store, &layout.seed_key()).await? {
            Some(seed) => seed.began / 1000,
            None => now,
        };
        let mut status = Self {
            archive,
            stream: stream.to_owned(),
            shards: Vec::new(),
            closed: 0,
            gaps: Vec::new(),
        };
        for lease in leases.list(stream).await? {
            if lease.state == LeaseState::Closed {
                status.closed += 1;
                continue;
            }
            let since = open_since(&lease.shard, lease.covered, began);
            let outlook = Outlook::of(lease.state, since, now, retention);
            status.shards.push(ShardStatus {
                shard: lease.shard,
                state: lease.state,
                owner: lease.owner,
                covered: lease.covered,
                lag: outlook.lag,
                until_loss: outlook.until_loss,
            });
        }
        let never = Duration::MAX;
        status.shards.sort_by_key(|shard| shard.until_loss.unwrap_or(never));
        let listed = store.list(&layout.gaps_prefix()).await;
        let listed = listed.map_err(|error| ArchiveError::store("cannot list losses", error))?;
        for object in listed {
            status.gaps.extend(read::<GapRecord>(store, &object.key).await?);
        }
        Ok(status)
    }

    /// How long it takes, if nothing is done, until the first records may be lost.
    #[must_use]
    pub fn until_loss(&self) -> Option<Duration> {
        self.shards.iter().filter_map(|shard| shard.until_loss).min()
    }

    /// How far the archive is behind in the worst shard.
    #[must_use]
    pub fn lag(&self) -> Option<Duration> {
        self.shards.iter().filter_map(|shard| shard.lag).max()
    }
}

/// The ARNs of the streams that an archive has, the oldest first: a table whose stream was switched
/// off and on again has another one.
///
/// # Errors
/// When the archive cannot be read.
pub async fn archived_streams(store: &Store) -> Result<Vec<String>, ArchiveError> {
    // Only the seeds: an archive has thousands of closing records.
    let listed = store.list(crate::layout::SHARDS_PREFIX).await;
    let listed = listed.map_err(|error| ArchiveError::store("cannot list the streams", error))?;
    let mut seeds = Vec::new();
    for object in listed.iter().filter(|object| object.key.ends_with(crate::layout::SEED)) {
        seeds.extend(read::<SeedRecord>(store, &object.key).await?);
    }
    seeds.sort_by_key(|seed| seed.began);
    Ok(seeds.into_iter().map(|seed| seed.stream).collect())
}

async fn read<D: serde::de::DeserializeOwned>(
    store: &Store,
    key: &str,
) -> Result<Option<D>, ArchiveError> {
    let content = match store.get(key).await {
        Ok((_, content)) => content,
        Err(error) if error.kind() == StoreErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ArchiveError::store("cannot read the archive", error)),
    };
    let name = store.describe(key);
    let document = serde_json::from_slice(&content).map_err(|error| {
        ArchiveError::corrupt(format!("{name} has another form")).caused_by(error)
    })?;
    Ok(Some(document))
}
