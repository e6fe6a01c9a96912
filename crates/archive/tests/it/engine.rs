//! Workers on a stream that the test writes: what they archive, find, and refuse.

use crate::scripted::{BEGAN, STREAM, Scripted, TokioClock, id, insert, ttl, user_delete};
use ddbkit_archive::{
    ArchiveCompression, ArchiveDescriptor, ArchiveErrorKind, ArchiveLayout, ArchiveReport,
    ArchiverOptions, ClosedShard, GapCause, GapRecord, Lease, LeaseState, LeaseStore, LineFormat,
    MemoryLeases, OnGap, Sidecar, StreamStatus, StreamViewType, StreamsErrorKind, TtlArchiver,
};
use ddbkit_flow::Control;
use ddbkit_store::Store;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;

pub(crate) struct Bench {
    pub(crate) api: Arc<Scripted>,
    pub(crate) leases: MemoryLeases,
    pub(crate) store: Store,
    pub(crate) clock: Arc<TokioClock>,
    pub(crate) stream: String,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let (api, leases) = (Arc::new(Scripted::new()), MemoryLeases::default());
        Self {
            api,
            leases,
            store: Store::memory(),
            clock: Arc::new(TokioClock::new()),
            stream: STREAM.to_owned(),
        }
    }

    pub(crate) fn archiver(&self, change: impl FnOnce(&mut ArchiverOptions)) -> TtlArchiver {
        let mut options = ArchiverOptions { once: true, ..ArchiverOptions::default() };
        change(&mut options);
        let archive =
            ArchiveDescriptor::new("t", "arn:t", LineFormat::Item, ArchiveCompression::None);
        let leases = Arc::new(self.leases.clone());
        TtlArchiver::new(self.api.clone(), leases, self.store.clone(), archive, &self.stream)
            .clock(self.clock.clone())
            .options(options)
    }

    pub(crate) async fn once(&self) -> ArchiveReport {
        self.archiver(|_| ()).run(&Control::new()).await.unwrap()
    }

    /// The keys of the archived items, by the sidecars of the files that are there.
    pub(crate) async fn archived(&self) -> Vec<String> {
        let mut events = Vec::new();
        for object in self.store.list("data/").await.unwrap() {
            let (meta, content) = self.store.get(&object.key).await.unwrap();
            let lines = std::str::from_utf8(&content).unwrap().lines().count();
            for object in self.store.list("_meta/").await.unwrap() {
                let sidecar: Sidecar = self.read(&object.key).await.unwrap();
                if sidecar.data == meta.key && sidecar.sha256 == meta.metadata["ddbkit-sha256"] {
                    assert_eq!(sidecar.lines.len(), lines);
                    events.extend(sidecar.lines.into_iter().map(|line| line.event_id));
                }
            }
        }
        events.sort_by_key(|event| event[1..].parse::<u64>().unwrap());
        events
    }

    pub(crate) async fn read<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        let (_, content) = self.store.get(key).await.ok()?;
        Some(serde_json::from_slice(&content).unwrap())
    }

    pub(crate) async fn lease(&self, shard: &str) -> Lease {
        self.leases.get(STREAM, shard).await.unwrap().unwrap()
    }

    pub(crate) async fn gaps(&self) -> Vec<GapRecord> {
        let mut gaps = Vec::new();
        for object in self.store.list("_gaps/").await.unwrap() {
            gaps.push(self.read(&object.key).await.unwrap());
        }
        gaps
    }
}

pub(crate) fn events(numbers: impl IntoIterator<Item = u64>) -> Vec<String> {
    numbers.into_iter().map(|n| format!("e{n}")).collect()
}

#[tokio::test(start_paused = true)]
async fn ttl_deletes_are_archived_and_everything_else_is_left() {
    let bench = Bench::new();
    bench.api.shard(0, None);
    bench.api.add(0, [insert(1), ttl(2), user_delete(3), ttl(4), insert(5)]);
    let report = bench.once().await;
    assert_eq!(bench.archived().await, ["e2", "e4"]);
    assert_eq!((report.read.ttl_deletes, report.read.user_deletes, report.read.inserts), (2, 1, 2));
    assert_eq!((report.archived, report.files, report.gaps.len()), (2, 1, 0));
    assert!(report.finished);
    let lease = bench.lease(&id(0)).await;
    assert_eq!((lease.owner, lease.state), (None, LeaseState::Open));
    assert_eq!(lease.anchor, ttl(4).sequence);
    assert_eq!(lease.read, insert(5).sequence);
    // Nothing is new, so nothing is written.
    let again = bench.once().await;
    assert_eq!((again.archived, again.files, again.read.ttl_deletes), (0, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_child_is_read_after_its_parents_and_the_closing_records_tell_the_lineage() {
    let bench = Bench::new();
    bench.api.shard(0, None);
    bench.api.add(0, (0..2500).map(ttl));
    bench.api.change(0, |shard| shard.is_closed = true);
    bench.api.shard(4, Some(0));
    bench.api.add(4, (3000..3010).map(ttl));
    bench.api.change(4, |shard| shard.is_closed = true);
    for (child, first) in [(8, 4000), (9, 5000)] {
        bench.api.shard(child, Some(4));
        bench.api.add(child, (first..first + 5).map(ttl));
    }
    let report = bench.once().await;
    assert_eq!(report.archived, 2520);
    assert_eq!(report.closed_shards, 2);
    let expected = (0..2500).chain(3000..3010).chain(4000..4005).chain(5000..5005);
    assert_eq!(bench.archived().await, events(expected));
    let layout = ArchiveLayout::new("2026-11-21T00:00:00.000");
    let closed: ClosedShard = bench.read(&layout.closed_key(&id(4))).await.unwrap();
    assert_eq!(closed.children, [id(8), id(9)]);
    assert_eq!(closed.parent, Some(id(0)));
    assert_eq!(closed.anchor, ttl(3009).sequence);
    let calls = bench.api.state().calls.clone();
    let first = |what: &str| calls.iter().position(|call| call.starts_with(what)).unwrap();
    let last = |what: &str| calls.iter().rposition(|call| call.starts_with(what)).unwrap();
    assert!(last(&format!("records {}", id(0))) < first(&format!("records {}", id(4))));
    assert!(first(&format!("iterator {}", id(8))) > last(&format!("records {}", id(4))));
}

#[tokio::test(start_paused = true)]
async fn children_that_the_filter_does_not_tell_are_found_by_the_audit() {
    let bench = Bench::new();
    bench.api.state().filter_works = false;
    bench.api.shard(0, None);
    bench.api.change(0, |shard| shard.is_closed = true);
    bench.api.shard(4, Some(0));
    bench.api.add(4, [ttl(7)]);
    bench.once().await;
    assert_eq!(bench.archived().await, ["e7"]);
    assert_eq!(bench.lease(&id(0)).await.state, LeaseState::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_file_whose_writer_died_before_the_lease_moved_is_found_and_is_no_loss() {
    let bench = Bench::new();
    bench.api.shard(0, None);
    bench.api.add(0, (1..=5).map(ttl));
    bench.once().await;
    // The lease is as it was before, and the stream has nothing of the file any more.
    let lease = bench.lease(&id(0)).await;
    let before = Lease { anchor: None, anchor_created: None, read: None, ..lease.clone() };
    bench
        .leases
        .update(&Lease { counter: lease.counter + 1, ..before }, lease.counter)
        .await
        .unwrap();
    bench.api.add(0, [ttl(6)]);
    bench.api.change(0, |shard| shard.trimmed = 5);
    let report = bench.once().await;
    assert_eq!((report.adopted_files, report.files, report.gaps.len()), (1, 1, 0));
    assert_eq!(bench.archived().await, events(1..=6));
}

#[tokio::test(start_paused = true)]
async fn a_lost_lease_table_costs_nothing() {
    let mut bench = Bench::new();
    bench.api.shard(0, None);
    bench.api.add(0, (1..=5).map(ttl));
    bench.api.change(0, |shard| shard.is_closed = true);
    bench.api.shard(4, Some(0));
    bench.api.add(4, [ttl(6)]);
    bench.once().await;
    bench.leases = MemoryLeases::default();
    bench.api.add(4, [ttl(7)]);
    let report = bench.once().await;
    assert_eq!(report.archived, 1);
    assert_eq!(bench.archived().await, events(1..=7));
    assert_eq!(
        bench.api.called(&format!("iterator {}", id(0))),
        1,
        "it was closed, and is not read"
    );
}

#[tokio::test(start_paused = true)]
async fn trimmed_records_end_the_work_or_are_written_down() {
    let bench = Bench::new();
    bench.api.shard(0, None);
    bench.api.add(0, (1..=3).map(ttl));
    bench.once().await;
    bench.api.add(0, (4..=9).map(ttl));
    bench.api.change(0, |shard| shard.trimmed = 6);
    let error = bench.archiver(|_| ()).run(&Control::new()).await.unwrap_err();
    assert_eq!(error.kind(), ArchiveErrorKind::Gap);
    assert!(error.to_string().contains("_gaps/"), "{error}");
    assert_eq!(bench.archived().await, events(1..=3));
    let gaps = bench.gaps().await;
    assert_eq!((gaps.len(), gaps[0].cause), (1, GapCause::Trimmed));
    assert_eq!(gaps[0].after, ttl(3).sequence);
    assert_eq!(gaps[0].last_created, Some(BEGAN + 3));
    // It is not accepted by being told once.
    assert!(bench.archiver(|_| ()).run(&Control::new()).await.is_err());
    let report = bench.archiver(|o| o.on_gap = OnGap::Record).run(&Control::new()).await.unwrap();
    assert_eq!((report.gaps.len(), report.archived), (1, 3));
    assert_eq!(bench.archived().await, events((1..=3).chain(7..=9)));
    assert_eq!(bench.gaps().await.len(), 1);
    assert_eq!(bench.once().await.gaps.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_vanished_shard_is_a_loss_and_its_children_go_on() {
    let bench = Bench::new();
    bench.api.shard(0, None);
    bench.api.add(0, (1..=3).map(ttl));
    bench.once().await;
    bench.api.change(0, |shard| shard.is_gone = true);
    bench.api.shard(4, Some(0));
    bench.api.add(4, [ttl(6)]);
    let error = bench.archiver(|_| ()).run(&Control::new()).await.unwrap_err();
    assert_eq!(error.kind(), ArchiveErrorKind::Gap);
    let report = bench.archiver(|o| o.on_gap = OnGap::Record).run(&Control::new()).await.unwrap();
    assert_eq!(report.gaps[0].cause, GapCause::ShardVanished);
    assert_eq!(bench.archived().await, events([1, 2, 3, 6]));
    let layout = ArchiveLayout::new("2026-11-21T00:00:00.000");
    let closed: ClosedShard = bench.read(&layout.closed_key(&id(0))).await.unwrap();
    assert!(closed.vanished);
}

#[tokio::test(start_paused = true)]
async fn a_shard_that_came_and_went_unseen_is_a_loss() {
    let bench = Bench::new();
    bench.api.shard(0, None);
    bench.api.change(0, |shard| shard.is_closed = true);
    bench.api.shard(1, Some(0));
    bench.once().await;
    bench.api.change(0, |shard| shard.is_gone = true);
    bench.api.change(1, |shard| shard.is_closed = true);
    // Nobody saw number 5, from which number 9 goes on.
    bench.api.shard(9, Some(5));
    let error = bench.archiver(|_| ()).run(&Control::new()).await.unwrap_err();
    assert_eq!(error.kind(), ArchiveErrorKind::Gap);
    assert!(error.to_string().contains(&id(5)), "{error}");
    let error = bench.archiver(|_| ()).run(&Control::new()).await.unwrap_err();
    assert_eq!(error.kind(), ArchiveErrorKind::Gap, "it stays one until it is accepted");
    let report = bench.archiver(|o| o.on_gap = OnGap::Record).run(&Control::new()).await.unwrap();
    assert_eq!(report.gaps[0].cause, GapCause::ShardNeverSeen);
}

#[tokio::test(start_paused = true)]
async fn a_child_that_is_read_after_a_day_may_have_lost_its_beginning() {
    let mut bench = Bench::new();
    bench.api.shard(0, None);
    bench.once().await;
    bench.api.change(0, |shard| shard.is_closed = true);
    bench.api.shard(2, Some(0));
    bench.api.add(2, [ttl(7000)]);
    bench.clock = Arc::new(TokioClock { skew: Duration::from_hours(26), ..TokioClock::new() });
    let report = bench.archiver(|o| o.on_gap = OnGap::Record).run(&Control::new()).await.unwrap();
    let gaps: Vec<_> = report.gaps.iter().map(|gap| (gap.cause, gap.shard.clone())).collect();
    // Also of the shard that had no records when it was looked at last.
    assert_eq!(gaps, [(GapCause::BeganTooLate, id(0)), (GapCause::BeganTooLate, id(2))]);
    assert_eq!(bench.archived().await, ["e7000"]);
}

#[tokio::test(start_paused = true)]
async fn throttles_and_expired_iterators_are_gone_through() {
    use StreamsErrorKind::{ExpiredIterator, LimitExceeded, Throttled, Unavailable};
    let bench = Bench::new();
    bench.api.shard(0, None);
    bench.api.add(0, (1..=50).map(ttl));
    bench.api.state().page_of_records = 10;
    bench.api.state().refusals =
        [Throttled, ExpiredIterator, LimitExceeded, Unavailable, ExpiredIterator].into();
    let report = bench.once().await;
    assert_eq!(bench.archived().await, events(1..=50));
    assert_eq!((report.throttled, report.gaps.len()), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_shard_that_hangs_is_begun_again_while_others_go_on() {
    let bench = Bench::new();
    bench.api.shard(0, None);
    bench.api.shard(1, None);
    bench.api.add(0, [ttl(1)]);
    bench.api.add(1, [ttl(2)]);
    bench.api.state().hangs = Some(id(0));
    let archiver = bench.archiver(|o| o.once = false);
    let control = Control::new();
    let (api, watch, stop) = (bench.api.clone(), archiver.clone(), control.clone());
    let watcher = tokio::spawn(async move {
        while watch.so_far().stalled == 0 {
            tokio::time::sleep(Duration::from_secs(10)).await;
        }
        api.state().hangs = None;
        while watch.so_far().read.ttl_deletes < 2 {
            tokio::time::sleep(Duration::from_secs(10)).await;
        }
        stop.cancel();
    });
    let report = archiver.run(&control).await.unwrap();
    watcher.await.unwrap();
    assert_eq!(bench.archived().await, ["e1", "e2"]);
    assert!(report.stalled >= 1);
}

#[tokio::test(start_paused = true)]
async fn two_workers_share_and_each_record_is_archived_once() {
    let bench = Bench::new();
    for n in 0..8 {
        bench.api.shard(n, None);
        bench.api.add(n, (n * 1000..n * 1000 + 500).map(ttl));
    }
    bench.api.state().page_of_records = 50;
    let control = Control::new();
    let run = |name: &str| {
        let archiver = bench.archiver(|o| o.once = false).owner(name);
        let (control, watch) = (control.clone(), archiver.clone());
        (tokio::spawn(async move { archiver.run(&control).await.unwrap() }), watch)
    };
    let (first, a) = run("a");
    tokio::time::sleep(Duration::from_secs(5)).await;
    let (second, b) = run("b");
    tokio::time::sleep(Duration::from_mins(5)).await;
    assert_eq!((a.so_far().shards.len(), b.so_far().shards.len()), (4, 4));
    for n in 0..8 {
        bench.api.add(n, (n * 1000 + 500..n * 1000 + 510).map(ttl));
    }
    tokio::time::sleep(Duration::from_mins(5)).await;
    // One dies without a word; the other takes its shards.
    first.abort();
    drop(first.await);
    for n in 0..8 {
        bench.api.add(n, (n * 1000 + 510..n * 1000 + 520).map(ttl));
    }
    tokio::time::sleep(Duration::from_mins(10)).await;
    assert_eq!(b.so_far().shards.len(), 8);
    control.cancel();
    second.await.unwrap();
    let expected = (0..8).flat_map(|n| n * 1000..n * 1000 + 520);
    assert_eq!(bench.archived().await, events(expected));
    let leases = bench.leases.list(STREAM).await.unwrap();
    assert!(leases.iter().all(|lease| lease.owner.is_none()), "handed over");
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_was_switched_off_is_archived_to_its_end() {
    let bench = Bench::new();
    bench.api.shard(0, None);
    bench.api.add(0, [ttl(1)]);
    bench.api.change(0, |shard| shard.is_closed = true);
    bench.api.state().status = Some(StreamStatus::Disabled);
    let report = bench.archiver(|o| o.once = false).run(&Control::new()).await.unwrap();
    assert!(report.finished);
    assert_eq!(bench.archived().await, ["e1"]);
    assert_eq!(bench.lease(&id(0)).await.state, LeaseState::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_stream_without_old_images_is_refused() {
    let bench = Bench::new();
    bench.api.shard(0, None);
    bench.api.state().view = Some(StreamViewType::KeysOnly);
    let error = bench.archiver(|_| ()).run(&Control::new()).await.unwrap_err();
    assert_eq!(error.kind(), ArchiveErrorKind::Preflight);
    assert!(error.to_string().contains("KEYS_ONLY"), "{error}");
    assert!(bench.store.list("").await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_item_without_its_ttl_attribute_is_archived_and_counted() {
    let bench = Bench::new();
    bench.api.shard(0, None);
    let mut odd = ttl(1);
    odd.old_image.as_mut().unwrap().insert("ttl", "soon");
    let mut none = ttl(2);
    none.old_image.as_mut().unwrap().remove("ttl");
    bench.api.add(0, [odd, none, ttl(3)]);
    let archiver = bench.archiver(|o| o.ttl_attribute = Some("ttl".to_owned()));
    let report = archiver.run(&Control::new()).await.unwrap();
    assert_eq!((report.archived, report.without_expiry), (3, 2));
}

#[tokio::test(start_paused = true)]
async fn an_idle_shard_costs_one_call_in_the_latency() {
    let bench = Bench::new();
    bench.api.shard(0, None);
    let archiver = bench.archiver(|o| o.once = false);
    let control = Control::new();
    let (watch, stop) = (archiver.clone(), control.clone());
    let run = tokio::spawn(async move { archiver.run(&control).await });
    tokio::time::sleep(Duration::from_hours(2)).await;
    let calls = watch.so_far().calls;
    assert!((115..=135).contains(&calls.get_records), "{calls:?}");
    assert!(calls.cost() < 0.0001);
    stop.cancel();
    run.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn files_are_cut_by_records_and_by_age() {
    let bench = Bench::new();
    bench.api.shard(0, None);
    bench.api.add(0, (1..=95).map(ttl));
    bench.api.state().page_of_records = 10;
    let archiver = bench.archiver(|o| {
        o.once = false;
        o.file_records = 30;
    });
    let control = Control::new();
    let (watch, stop) = (archiver.clone(), control.clone());
    let run = tokio::spawn(async move { archiver.run(&control).await });
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!((watch.so_far().files, watch.so_far().archived), (3, 90));
    tokio::time::sleep(Duration::from_mins(15)).await;
    assert_eq!((watch.so_far().files, watch.so_far().archived), (4, 95));
    stop.cancel();
    run.await.unwrap().unwrap();
    // The first file lies in the hour of the shard, the others in that of their anchor.
    let keys = bench.store.list("data/").await.unwrap();
    assert!(keys.iter().all(|object| object.key.starts_with("data/dt=2026-11-21/hh=00/")));
}
