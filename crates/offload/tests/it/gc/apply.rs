//! What is deleted, what is kept, and where a killed run goes on.

use super::bench::{Bench, GRACE, grow_old};
use ddbkit_flow::{Control, Progress, ProgressEvent};
use ddbkit_offload::{ApplyOptions, BlobPointer, OffloadErrorKind, PlanOptions, PlannedObject};
use ddbkit_store::{PutOptions, Store};
use std::num::NonZeroU32;
use std::sync::Arc;

async fn plan(bench: &Bench, store: &Store) -> u64 {
    let (collector, options) = (bench.collector().await, PlanOptions::default());
    let report = collector.plan(&options, store, "plan", &Control::new()).await.unwrap();
    report.garbage
}

async fn objects(bench: &Bench, count: u32) -> Vec<BlobPointer> {
    let mut objects = Vec::new();
    for id in 0..count {
        objects.push(bench.object(id, "garbage").await);
    }
    objects
}

#[tokio::test]
async fn every_object_is_looked_at_again() {
    let bench = Bench::new().await;
    let objects = objects(&bench, 4).await;
    grow_old().await;
    let store = Store::memory();
    assert_eq!(plan(&bench, &store).await, 4);
    // As after a restore of the table; and two that somebody else did something to.
    bench.point(0, &objects[0]).await;
    let s3 = &bench.backend.s3;
    s3.delete_object().bucket(&bench.bucket).key(&objects[1].key).send().await.unwrap();
    bench.put_foreign(&objects[2].key).await;

    let collector = bench.collector().await;
    let options = ApplyOptions::default();
    let report = collector.apply(&options, &store, "plan", &Control::new()).await.unwrap();
    let applied = &report.applied;
    assert_eq!((applied.deleted, applied.deleted_bytes, applied.unchecked), (1, 7, 0));
    assert_eq!((applied.referenced, applied.gone, applied.changed), (1, 1, 1));
    assert_eq!((applied.failed, applied.objects()), (0, 4));
    let left = [true, false, true, false];
    for (object, left) in objects.iter().zip(left) {
        assert_eq!(bench.exists(&object.key).await, left);
    }
    assert_eq!(deleted(&store, &report.deleted_lists).await, [objects[3].key.clone()]);
    // Once more: all is done already.
    let again = collector.apply(&options, &store, "plan", &Control::new()).await.unwrap();
    assert_eq!(again, report);
}

async fn deleted(store: &Store, lists: &[String]) -> Vec<String> {
    let mut keys = Vec::new();
    for list in lists {
        let (_, text) = store.get(list).await.unwrap();
        let lines = std::str::from_utf8(&text).unwrap().lines();
        keys.extend(lines.map(|line| serde_json::from_str::<PlannedObject>(line).unwrap().key));
    }
    keys.sort_unstable();
    keys
}

/// Cancels when the first batch is done.
struct StopAfterBatch(Control);

impl Progress for StopAfterBatch {
    fn on_event(&self, event: &ProgressEvent) {
        if matches!(event, ProgressEvent::Advanced { .. }) {
            self.0.cancel();
        }
    }
}

#[tokio::test]
async fn a_run_that_was_stopped_goes_on() {
    let bench = Bench::new().await;
    let mut expected: Vec<_> = objects(&bench, 25).await.into_iter().map(|one| one.key).collect();
    expected.sort_unstable();
    grow_old().await;
    let store = Store::memory();
    assert_eq!(plan(&bench, &store).await, 25);
    let collector = bench.collector().await;
    let mut options = ApplyOptions::default();
    options.objects_per_second = NonZeroU32::new(10).unwrap();
    let mut stops = 0;
    let report = loop {
        let control = Control::new();
        let watched = control.clone().with_progress(Arc::new(StopAfterBatch(control)));
        match collector.apply(&options, &store, "plan", &watched).await {
            Ok(report) => break report,
            Err(error) => assert_eq!(error.kind(), OffloadErrorKind::Canceled),
        }
        stops += 1;
        assert!(stops < 10, "it does not go on");
    };
    assert_eq!((report.applied.deleted, report.applied.objects()), (25, 25));
    assert!(report.deleted_lists.len() > 1);
    assert_eq!(deleted(&store, &report.deleted_lists).await, expected);
}

#[tokio::test]
async fn a_pace_is_kept() {
    let bench = Bench::new().await;
    objects(&bench, 6).await;
    grow_old().await;
    let store = Store::memory();
    plan(&bench, &store).await;
    let mut options = ApplyOptions::default();
    options.objects_per_second = NonZeroU32::new(5).unwrap();
    let begun = std::time::Instant::now();
    bench.collector().await.apply(&options, &store, "plan", &Control::new()).await.unwrap();
    assert!(begun.elapsed().as_millis() >= 1200, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn plans_that_are_damaged_or_of_something_else_are_refused() {
    let bench = Bench::new().await;
    let object = bench.object(1, "garbage").await;
    grow_old().await;
    let store = Store::memory();
    plan(&bench, &store).await;
    let (_, text) = store.get("plan").await.unwrap();
    let text = String::from_utf8(text.to_vec()).unwrap();
    let lines: Vec<_> = text.lines().collect();
    let future = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let replace = |name: &str, by: &str| {
        let mut head: serde_json::Value = serde_json::from_str(lines[0]).unwrap();
        head[name] = serde_json::from_str(by).unwrap();
        format!("{head}\n{}\n{}\n", lines[1], lines[2])
    };
    let cases = [
        (format!("{}\n{}\n", lines[0], lines[1]), OffloadErrorKind::InvalidInput, "no end"),
        (format!("{}\n{}\n", lines[0], lines[2]), OffloadErrorKind::InvalidInput, "line 2"),
        (text.replace("\"size\":7", "\"size\":8"), OffloadErrorKind::InvalidInput, "line 3"),
        ("[]\n".to_owned(), OffloadErrorKind::InvalidInput, "does not start"),
        (replace("ddbkit_offload_plan", "2"), OffloadErrorKind::UnsupportedVersion, "version 2"),
        (replace("prefix", "\"other\""), OffloadErrorKind::ForeignPrefix, "/other"),
        (replace("table_arn", "\"x\""), OffloadErrorKind::ForeignPrefix, "made for x"),
        (replace("grace_seconds", "0.5"), OffloadErrorKind::GraceTooShort, "0.5 s"),
        (replace("mark_time", &format!("\"{future}\"")), OffloadErrorKind::InvalidInput, "future"),
    ];
    let collector = bench.collector().await;
    for (text, kind, expected) in cases {
        store.put("plan", text.into_bytes().into(), PutOptions::default()).await.unwrap();
        let result =
            collector.apply(&ApplyOptions::default(), &store, "plan", &Control::new()).await;
        let error = result.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(expected), "{error}");
        assert!(bench.exists(&object.key).await);
    }
    let none = collector.apply(&ApplyOptions::default(), &store, "none", &Control::new()).await;
    assert_eq!(none.unwrap_err().kind(), OffloadErrorKind::InvalidInput);
}

#[tokio::test]
async fn uploads_that_nobody_finishes_are_given_up() {
    let bench = Bench::new().await;
    let like = bench.object(1, "live").await;
    bench.point(1, &like).await;
    let s3 = &bench.backend.s3;
    let begin = |key: String| s3.create_multipart_upload().bucket(&bench.bucket).key(key).send();
    begin(bench.object(2, "x").await.key).await.unwrap();
    begin("elsewhere".to_owned()).await.unwrap();
    grow_old().await;
    begin(like.key.clone()).await.unwrap();
    let (store, collector) = (Store::memory(), bench.collector().await);
    let options = PlanOptions::default();
    let report = collector.plan(&options, &store, "plan", &Control::new()).await.unwrap();
    assert_eq!((report.stale_uploads, report.pin.grace), (1, GRACE));
    let options = ApplyOptions::default();
    let report = collector.apply(&options, &store, "plan", &Control::new()).await.unwrap();
    assert_eq!(report.aborted_uploads, 1);
    let left = s3.list_multipart_uploads().bucket(&bench.bucket).send().await.unwrap();
    assert_eq!(left.uploads().len(), 2);
}
