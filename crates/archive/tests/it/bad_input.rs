//! What goes wrong around a worker, and what it says.

use crate::engine::{Bench, events};
use crate::scripted::{TokioClock, id, ttl};
use bytes::Bytes;
use ddbkit_archive::{ArchiveErrorKind, GapCause, OnGap, StreamsErrorKind};
use ddbkit_flow::Control;
use ddbkit_store::{
    Backend, BoxFuture, ETag, ObjectMeta, ObjectReader, PutOptions, Store, StoreError,
    StoreErrorKind, Upload,
};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Takes no data files while it is told so. Everything else is in memory.
#[derive(Debug)]
struct Refusing {
    inner: Store,
    kind: Mutex<Option<StoreErrorKind>>,
    was_asked: AtomicBool,
}

impl Backend for Refusing {
    fn describe(&self, key: &str) -> String {
        self.inner.describe(key)
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>, StoreError>> {
        Box::pin(self.inner.head(key))
    }

    fn read<'a>(
        &'a self,
        key: &'a str,
        _: Option<Range<u64>>,
    ) -> BoxFuture<'a, Result<ObjectReader, StoreError>> {
        Box::pin(self.inner.read(key))
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        content: Bytes,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<ETag, StoreError>> {
        let kind = *self.kind.lock().unwrap();
        match kind.filter(|_| key.starts_with("data/")) {
            Some(kind) => {
                self.was_asked.store(true, Ordering::Relaxed);
                let error = StoreError::new(kind, format!("{key} cannot be written: {kind:?}"));
                Box::pin(async { Err(error) })
            }
            None => Box::pin(self.inner.put(key, content, options)),
        }
    }

    fn upload<'a>(
        &'a self,
        _: &'a str,
        _: PutOptions,
    ) -> BoxFuture<'a, Result<Box<dyn Upload>, StoreError>> {
        unreachable!("an archive writes small objects")
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<ObjectMeta>, StoreError>> {
        Box::pin(async move {
            let all = self.inner.list(prefix).await?;
            Ok(all
                .into_iter()
                .filter(|o| after.is_none_or(|after| o.key.as_str() > after))
                .collect())
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(self.inner.delete(key))
    }
}

fn refusing(kind: StoreErrorKind) -> Arc<Refusing> {
    let (inner, kind) = (Store::memory(), Mutex::new(Some(kind)));
    Arc::new(Refusing { inner, kind, was_asked: AtomicBool::new(false) })
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_and_a_refusing_s3_end_the_work_and_lose_nothing() {
    for kind in [StoreErrorKind::NoSpace, StoreErrorKind::AccessDenied, StoreErrorKind::Unavailable]
    {
        let place = refusing(kind);
        let bench = Bench { store: Store::custom(place.clone()), ..Bench::new() };
        bench.api.shard(0, None);
        bench.api.add(0, [ttl(1), ttl(2)]);
        let error = bench.archiver(|_| ()).run(&Control::new()).await.unwrap_err();
        assert_eq!(error.kind(), ArchiveErrorKind::Store);
        assert_eq!(error.to_string(), "cannot write a data file");
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains("data/dt=2026-11-21"), "{cause}");
        // Nothing moved, and nobody holds the shard.
        let lease = bench.lease(&id(0)).await;
        assert_eq!((lease.owner, lease.anchor, lease.read), (None, None, None));
        *place.kind.lock().unwrap() = None;
        bench.once().await;
        assert_eq!(bench.archived().await, events([1, 2]));
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_recovers_within_a_minute_is_waited_for() {
    let place = refusing(StoreErrorKind::Unavailable);
    let bench = Bench { store: Store::custom(place.clone()), ..Bench::new() };
    bench.api.shard(0, None);
    bench.api.add(0, [ttl(1)]);
    let recovery = tokio::spawn(async move {
        while !place.was_asked.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        *place.kind.lock().unwrap() = None;
    });
    assert_eq!(bench.once().await.archived, 1);
    recovery.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_a_day_off_neither_loses_nor_doubles() {
    let mut bench = Bench::new();
    bench.api.shard(0, None);
    bench.api.add(0, (1..=10).map(ttl));
    bench.once().await;
    for (at, skew) in [(11, Duration::from_hours(24)), (21, Duration::ZERO)] {
        bench.clock = Arc::new(TokioClock { skew, ..TokioClock::new() });
        bench.api.add(0, (at..at + 10).map(ttl));
        assert_eq!(bench.once().await.archived, 10);
    }
    assert_eq!(bench.archived().await, events(1..=30));
    let keys = bench.store.list("data/").await.unwrap();
    assert!(keys.iter().all(|object| object.key.starts_with("data/dt=2026-11-21/hh=00/")));
}

#[tokio::test(start_paused = true)]
async fn calls_that_fail_for_long_are_told_of() {
    let bench = Bench::new();
    bench.api.shard(0, None);
    bench.api.add(0, [ttl(1)]);
    bench.api.state().refusals = vec![StreamsErrorKind::Unavailable; 100].into();
    let report = bench.once().await;
    assert!(report.stalled >= 1, "{report:?}");
    assert_eq!(bench.archived().await, ["e1"]);
}

#[tokio::test(start_paused = true)]
async fn two_workers_of_one_name_take_turns_and_archive_once() {
    let bench = Bench::new();
    bench.api.shard(0, None);
    let control = Control::new();
    let run = || {
        let archiver = bench.archiver(|o| o.once = false).owner("one");
        let (control, watch) = (control.clone(), archiver.clone());
        (tokio::spawn(async move { archiver.run(&control).await.unwrap() }), watch)
    };
    let ((first, a), (second, b)) = (run(), run());
    for n in 1..=30 {
        bench.api.add(0, [ttl(n)]);
        tokio::time::sleep(Duration::from_mins(1)).await;
    }
    let calls = a.so_far().calls.get_records + b.so_far().calls.get_records;
    assert!(calls < 300, "{calls}");
    control.cancel();
    first.await.unwrap();
    second.await.unwrap();
    bench.once().await;
    assert_eq!(bench.archived().await, events(1..=30));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_was_replaced_is_not_forgotten() {
    let mut bench = Bench::new();
    bench.api.shard(0, None);
    bench.api.add(0, [ttl(1)]);
    bench.once().await;
    let old = bench.stream.clone();
    tokio::time::sleep(Duration::from_mins(1)).await;
    bench.stream = old.replace("2026-11-21T", "2026-11-22T");
    let error = bench.archiver(|_| ()).run(&Control::new()).await.unwrap_err();
    assert_eq!(error.kind(), ArchiveErrorKind::Gap);
    assert!(error.to_string().contains(&old), "{error}");
    // It can be said that it is lost,
    let record = bench.archiver(|o| o.on_gap = OnGap::Record).run(&Control::new()).await.unwrap();
    assert_eq!(record.gaps.len(), 1);
    assert_eq!((record.gaps[0].cause, &record.gaps[0].stream), (GapCause::StreamGone, &old));
    // and then it is said, once.
    assert!(bench.once().await.gaps.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_was_replaced_can_be_archived_to_its_end() {
    let mut bench = Bench::new();
    bench.api.shard(0, None);
    bench.api.add(0, [ttl(1)]);
    bench.once().await;
    let old = bench.stream.clone();
    let new = old.replace("2026-11-21T", "2026-11-22T");
    tokio::time::sleep(Duration::from_mins(1)).await;
    bench.api.change(0, |shard| shard.is_closed = true);
    bench.api.state().status = Some(ddbkit_archive::StreamStatus::Disabled);
    bench.api.add(0, [ttl(2)]);
    bench.once().await;
    bench.stream = new;
    assert!(bench.once().await.gaps.is_empty());
}
