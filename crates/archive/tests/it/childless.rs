//! A shard that was read to its end, and is gone from the stream before anybody saw its children.

use crate::engine::Bench;
use crate::scripted::{id, ttl};
use ddbkit_archive::{ArchiveErrorKind, ClosedShard, GapCause, LeaseState, OnGap};
use ddbkit_flow::Control;

/// An archive of a stream whose only shard is read to its end, and has no children that are listed.
async fn drained() -> Bench {
    let bench = Bench::new();
    bench.api.shard(0, None);
    bench.api.add(0, [ttl(1), ttl(2)]);
    bench.api.change(0, |shard| shard.is_closed = true);
    let report = bench.once().await;
    assert_eq!((report.archived, report.gaps.len()), (2, 0));
    assert_eq!(bench.lease(&id(0)).await.state, LeaseState::Drained);
    bench
}

async fn closed(bench: &Bench) -> ClosedShard {
    let layout = ddbkit_archive::ArchiveLayout::new("2026-11-21T00:00:00.000");
    bench.read(&layout.closed_key(&id(0))).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn children_that_nobody_saw_are_a_loss() {
    let bench = drained().await;
    // Its child came and went, too; what goes on from that is listed.
    bench.api.change(0, |shard| shard.is_gone = true);
    bench.api.shard(4, Some(0));
    bench.api.change(4, |shard| shard.is_gone = true);
    bench.api.shard(8, Some(4));
    bench.api.add(8, [ttl(20_000)]);

    let refused = bench.archiver(|_| ()).run(&Control::new()).await.unwrap_err();
    assert_eq!(refused.kind(), ArchiveErrorKind::Gap);

    let record = bench.archiver(|options| options.on_gap = OnGap::Record);
    record.run(&Control::new()).await.unwrap();
    let gaps = bench.gaps().await;
    let told: Vec<_> = gaps.iter().map(|gap| (gap.shard.clone(), gap.cause)).collect();
    let expected = [(id(0), GapCause::ChildrenNeverSeen), (id(4), GapCause::ShardNeverSeen)];
    assert_eq!(told, expected);
    assert_eq!(gaps[0].after, ttl(2).sequence, "all of the shard itself is archived");
    assert_eq!(bench.lease(&id(0)).await.state, LeaseState::Closed);
    assert_eq!(closed(&bench).await.children, [""; 0]);
    assert_eq!(bench.archived().await, ["e1", "e2", "e20000"]);
}

#[tokio::test(start_paused = true)]
async fn children_that_are_still_listed_go_on() {
    let bench = drained().await;
    // The filter does not know a shard that is gone; the listing has its child.
    bench.api.change(0, |shard| shard.is_gone = true);
    bench.api.state().filter_works = false;
    bench.api.shard(4, Some(0));
    bench.api.add(4, [ttl(20_000)]);
    let report = bench.once().await;
    assert_eq!(report.gaps, []);
    assert_eq!(closed(&bench).await.children, [id(4)]);
    assert_eq!(bench.archived().await, ["e1", "e2", "e20000"]);
}

#[tokio::test(start_paused = true)]
async fn a_shard_that_is_still_listed_is_waited_for() {
    let bench = drained().await;
    let report = bench.once().await;
    assert_eq!(report.gaps, []);
    assert_eq!(bench.lease(&id(0)).await.state, LeaseState::Drained);
}
