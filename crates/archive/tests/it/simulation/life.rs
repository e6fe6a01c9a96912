//! The life of an archive: workers come, are killed, stand still, and come again.

use std::sync::Arc;
use std::time::Duration;

use ddbkit_archive::{
    ArchiveCompression, ArchiveDescriptor, ArchiveError, ArchiveErrorKind, ArchiverOptions,
    LineFormat, MemoryLeases, OnGap, TtlArchiver,
};
use ddbkit_flow::Control;
use ddbkit_testkit::streams::{FakeStreams, StreamsPlan};
use fastrand::Rng;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::connection::{Connection, Trouble, World};
use super::leases::Leases;
use super::oracle::{self, Archived};
use super::store::Objects;
use super::streams::Streams;

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

/// What outlives the workers.
#[derive(Clone)]
struct Lasting {
    world: World,
    objects: Objects,
    leases: MemoryLeases,
    options: ArchiverOptions,
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

impl Lasting {
    fn archiver(&self, owner: &str, connection: &Arc<Connection>) -> TtlArchiver {
        let streams = self.world.streams.clone();
        let arn = streams.arn();
        let archive =
            ArchiveDescriptor::new("fake", "arn:fake", LineFormat::Item, ArchiveCompression::None);
        TtlArchiver::new(
            Arc::new(Streams(streams, connection.clone())),
            Arc::new(Leases(self.leases.clone(), connection.clone())),
            self.objects.through(connection.clone()),
            archive,
            arn,
        )
        .owner(owner)
        .clock(Arc::new(self.world.clone()))
        .options(self.options.clone())
    }
}

/// Lives once, and checks what is left.
pub(crate) async fn live(seed: u64) -> Lived {
    let mut random = Rng::with_seed(seed ^ 0x11fe);
    let plan = StreamsPlan::small(seed);
    let lasting = Lasting {
        world: World::new(FakeStreams::new(plan)),
        objects: Objects::new(),
        leases: MemoryLeases::default(),
        options: options(&mut random),
    };
    let world = &lasting.world;
    let mut lived = Lived::default();
    // Some workers for a while; then perhaps none for so long that records are lost; then again.
    lived.kills += busy(&lasting, &mut random, 4 * HOUR..12 * HOUR).await;
    let outage = match random.u32(0..3) {
        0 => random.u64(20..32),
        _ => random.u64(0..6),
    };
    sleep(Duration::from_secs(outage * 3600)).await;
    lived.kills += busy(&lasting, &mut random, HOUR..6 * HOUR).await;
    world.now();
    world.streams.disable();
    world.streams.end_trouble();
    let calm = Connection::new(world.clone(), seed, Trouble::default());
    let last = lasting.archiver("last", &calm);
    let report = timeout(20 * HOUR, last.run(&Control::new())).await;
    let report = report.expect("a stream that is switched off is archived to its end").unwrap();
    assert!(report.finished);
    let events = world.streams.events();
    let archived = oracle::read(&lasting.objects, &events).await;
    lived.lost = oracle::check(&archived, &events, &world.streams.lineage());
    let Archived { events, gaps, files, .. } = archived;
    Lived {
        archived: events.len(),
        files,
        gaps: gaps.len(),
        shards: world.streams.lineage().len(),
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
