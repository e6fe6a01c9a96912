//! Losses that a worker finds only by the time.

use std::time::Duration;

use ddbkit_archive::{ArchiverOptions, OnGap};
use ddbkit_flow::Control;
use ddbkit_testkit::streams::{FakeStreams, StreamsPlan};
use tokio::time::{sleep, timeout};

use super::connection::{Connection, Trouble, World};
use super::lasting::Lasting;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// A stream of one shard with many records, whose clock has not moved.
fn busy_stream(seed: u64) -> Lasting {
    let plan = StreamsPlan {
        shards: 1,
        splits_percent: 0,
        writes_per_hour: 60,
        trouble_permille: 0,
        ..StreamsPlan::small(seed)
    };
    let options = ArchiverOptions {
        latency: 10 * MINUTE,
        file_age: HOUR,
        lease_duration: 10 * MINUTE,
        on_gap: OnGap::Record,
        ..ArchiverOptions::default()
    };
    Lasting::new(World::new(FakeStreams::new(plan)), options)
}

/// Has a worker for a while; then it is gone without a word.
async fn worker_for(lasting: &Lasting, time: Duration, trouble: Trouble) {
    let connection = Connection::new(lasting.world.clone(), 1, trouble);
    let worker = lasting.archiver("worker", &connection);
    let _ = timeout(time, worker.run(&Control::new())).await;
    connection.kill();
}

/// Whatever a worker is about when it stands still, what is trimmed until it goes on is no loss in
/// silence.
#[tokio::test(start_paused = true)]
async fn what_is_trimmed_while_a_worker_stands_still_is_told() {
    let mut lost = 0;
    for call in 1..25 {
        let lasting = busy_stream(4);
        // It begins the archive and reads nothing.
        let trouble = Trouble { killed_after: Some(6), ..Trouble::default() };
        worker_for(&lasting, MINUTE, trouble).await;
        sleep((24 * 60 - 2) * MINUTE).await;
        let frozen_at = Some((call, HOUR));
        worker_for(&lasting, 3 * HOUR, Trouble { frozen_at, ..Trouble::default() }).await;
        lost += lasting.end().await.lost;
    }
    assert!(lost > 0, "nothing was trimmed in time");
}

/// A page without records says nothing of what is behind it, nor how old that is.
#[tokio::test(start_paused = true)]
async fn empty_pages_do_not_hide_what_is_trimmed_behind_them() {
    let mut lasting = busy_stream(2);
    worker_for(&lasting, MINUTE, Trouble { killed_after: Some(6), ..Trouble::default() }).await;
    sleep(3 * HOUR).await;
    lasting.empty_pages = true;
    worker_for(&lasting, 20 * MINUTE, Trouble::default()).await;
    lasting.empty_pages = false;
    sleep(23 * HOUR).await;
    let archived = lasting.end().await;
    assert!(archived.lost > 0, "nothing was trimmed in time");
}

/// What the stream had when the archive began, and lost before its shard was first read, is told.
#[tokio::test(start_paused = true)]
async fn a_late_first_reading_of_an_old_shard_is_told() {
    let lasting = busy_stream(3);
    sleep((4 * 60 - 5) * MINUTE).await;
    worker_for(&lasting, MINUTE, Trouble { killed_after: Some(6), ..Trouble::default() }).await;
    sleep(23 * HOUR).await;
    let archived = lasting.end().await;
    assert!(archived.lost > 0, "nothing was trimmed in time");
}
