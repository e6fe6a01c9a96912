//! How an archive is made.

use crate::Replicated;
use std::num::NonZeroUsize;
use std::time::Duration;

/// What happens when records were lost, or may have been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnGap {
    /// The loss is written down in the archive, and the work ends with an error; what was read of
    /// other shards is archived before.
    #[default]
    Fail,
    /// The loss is written down in the archive, and the work goes on behind it.
    Record,
}

/// How an archive is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiverOptions {
    /// How many shards are read, and files written, at the same moment. A worker has leases of as
    /// many shards as its share is, and asks each in turn.
    pub workers: NonZeroUsize,
    /// A record is read this long after its time at the latest, while the worker keeps up. Calls cost:
    /// each shard is asked once in this time when there is nothing new.
    pub latency: Duration,
    /// The shortest time between two calls for a shard that has more to read.
    pub fastest: Duration,
    /// A file is written when its oldest record has waited this long,
    pub file_age: Duration,
    /// or the lines for it are this many bytes,
    pub file_bytes: u64,
    /// or this many records. Up to a page more (1,000 records, 1 MB) may be in it.
    pub file_records: usize,
    /// The bytes that the lines of all shards may take in memory; a shard writes its file early when
    /// they do.
    pub buffer_bytes: u64,
    /// A lease that was not renewed for this long is taken over. Too short a time costs work, never
    /// records.
    pub lease_duration: Duration,
    /// How often all shards are listed to find those that were not found as children.
    pub audit_interval: Duration,
    /// A shard of which no call succeeds for this long is told of, and begun again.
    pub stalled_after: Duration,
    /// How long the stream keeps records: 24 hours in the service.
    pub retention: Duration,
    /// What happens when records were lost, or may have been.
    pub on_gap: OnGap,
    /// What is done with deletes that may be replicas of deletes by time to live.
    pub replicated: Replicated,
    /// The TTL attribute, to count archived items that have no expiry in it.
    pub ttl_attribute: Option<String>,
    /// Whether the work ends when everything that the stream has now is archived.
    pub once: bool,
}

impl Default for ArchiverOptions {
    fn default() -> Self {
        Self {
            workers: NonZeroUsize::MIN.saturating_add(7),
            latency: Duration::from_mins(1),
            fastest: Duration::from_millis(250),
            file_age: Duration::from_mins(15),
            file_bytes: 16 << 20,
            file_records: 50_000,
            buffer_bytes: 256 << 20,
            lease_duration: Duration::from_mins(1),
            audit_interval: Duration::from_mins(10),
            stalled_after: Duration::from_mins(15),
            retention: Duration::from_hours(24),
            on_gap: OnGap::default(),
            replicated: Replicated::default(),
            ttl_attribute: None,
            once: false,
        }
    }
}
