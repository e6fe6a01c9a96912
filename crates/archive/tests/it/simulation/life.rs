//! The life of an archive: workers come, are killed, stand still, and come again.

use std::time::Duration;

use ddbkit_archive::{ArchiveError, ArchiveErrorKind, ArchiverOptions, OnGap};
use ddbkit_flow::Control;
use ddbkit_testkit::streams::{FakeStreams, StreamsPlan};
use fastrand::Rng;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::connection::{Connection, Trouble, World};
use super::lasting::Lasting;

const HOUR: Duration = Duration::from_hours(1);

/// What came of a life.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lived {
    pub(crate) archived: usize,
    pub(crate) files: usize,
    /// TTL deletes that are in no file; the ledger tells of each.
    pub(crate) lost: usize,
    pub(crate) gaps: usize,
    pub(crate) kills: u32,
    pub(crate) shards: usize,
}

impl Lived {
    pub(crate) fn add(&mut self, other: &Self) {
        self.archived += other.archived;
        self.files += other.files;
        self.lost += other.lost;
        self.gaps += other.gaps;
        self.kills += other.kills;
        self.shards += other.shards;
    }
}

/// Lives once, and checks what is left.
pub(crate) async fn live(seed: u64) -> Lived {
    let mut random = Rng::with_seed(seed ^ 0x11fe);
    let plan = StreamsPlan::small(seed);
    let lasting = Lasting::new(World::new(FakeStreams::new(plan)), options(&mut random));
    let mut lived = Lived::default();
    // Some archives begin when the stream has already lost records.
    if random.u32(0..4) == 0 {
        sleep(Duration::from_secs(random.u64(20 * 3600..40 * 3600))).await;
    }
    // Some workers for a while; then perhaps none for so long that records are lost; then again.
    lived.kills += busy(&lasting, &mut random, 4 * HOUR..12 * HOUR).await;
    let outage = match random.u32(0..3) {
        0 => random.u64(20..32),
        _ => random.u64(0..6),
    };
    sleep(Duration::from_secs(outage * 3600)).await;
    lived.kills += busy(&lasting, &mut random, HOUR..6 * HOUR).await;
    let archived = lasting.end().await;
    lived.lost = archived.lost;
    Lived {
        archived: archived.events.len(),
        files: archived.files,
        gaps: archived.gaps.len(),
        shards: lasting.world.streams.lineage().len(),
        ..lived
    }
}

/// Waiting is cheap in paused time, calls are not: everything is done less often than by default.
fn options(random: &mut Rng) -> ArchiverOptions {
    ArchiverOptions {
        latency: Duration::from_secs(random.u64(5 * 60..25 * 60)),
        file_age: Duration::from_secs(random.u64(60..3 * 3600)),
        file_records: random.usize(1..8),
        lease_duration: Duration::from_secs(random.u64(10 * 60..30 * 60)),
        audit_interval: HOUR,
        stalled_after: 2 * HOUR,
        on_gap: OnGap::Record,
        ttl_attribute: Some("expires".to_owned()),
        ..ArchiverOptions::default()
    }
}

/// Some workers for a time within the range, each begun again when it ends; how often one was
/// killed. At the end all are killed, or some are left to be zombies of what comes then.
async fn busy(lasting: &Lasting, random: &mut Rng, time: std::ops::Range<Duration>) -> u32 {
    let time = Duration::from_secs(random.u64(time.start.as_secs()..time.end.as_secs()));
    let mut workers = JoinSet::new();
    for _ in 0..random.u32(1..4) {
        workers.spawn(worker(lasting.clone(), random.fork()));
    }
    let mut ended = 0;
    let end = sleep(time);
    tokio::pin!(end);
    loop {
        tokio::select! {
            biased;
            () = &mut end => break,
            Some(killed) = workers.join_next() => {
                ended += u32::from(killed.unwrap());
                workers.spawn(worker(lasting.clone(), random.fork()));
            }
        }
    }
    if random.bool() {
        workers.detach_all();
    }
    ended
}

/// One worker until it is killed or gives up; whether it was killed.
async fn worker(lasting: Lasting, mut random: Rng) -> bool {
    sleep(Duration::from_secs(random.u64(0..20 * 60))).await;
    let trouble = Trouble {
        killed_after: (random.u32(0..5) > 0).then(|| random.u32(1..300)),
        failures: [0, 10, 50][random.usize(0..3)],
        freezes: [0, 0, 3][random.usize(0..3)],
        frozen_at: None,
    };
    let connection = Connection::new(lasting.world.clone(), random.u64(..), trouble);
    let owner = format!("worker-{}", random.u32(..));
    let archiver = lasting.archiver(&owner, &connection);
    let control = Control::new();
    tokio::select! {
        () = connection.killed() => true,
        ended = archiver.run(&control) => {
            if let Err(error) = ended {
                may_end_with(&error);
            }
            false
        }
    }
}

/// The faults of the simulation end a worker in these ways and in no other.
fn may_end_with(error: &ArchiveError) {
    let expected = matches!(
        error.kind(),
        ArchiveErrorKind::DynamoDb | ArchiveErrorKind::Store | ArchiveErrorKind::Streams
    );
    assert!(expected, "a worker ended with {:?}: {error}", error.kind());
}
