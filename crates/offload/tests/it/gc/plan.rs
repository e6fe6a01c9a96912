//! What a plan finds, and what it refuses.

use super::bench::{Bench, GRACE, PREFIX, grow_old};
use aws_sdk_dynamodb::types::AttributeValue;
use ddbkit_flow::Control;
use ddbkit_offload::{ApplyOptions, GarbageCollector, OffloadErrorKind, PlanOptions};
use ddbkit_store::Store;
use std::time::Duration;

#[tokio::test]
async fn what_nothing_points_to_and_is_old_is_garbage() {
    let bench = Bench::new().await;
    let live = bench.object(1, "live").await;
    bench.point(1, &live).await;
    let nested = bench.object(2, "nested").await;
    let deep =
        AttributeValue::M([("a".to_owned(), AttributeValue::L(vec![nested.to_sdk()]))].into());
    bench.put_item(2, deep).await;
    let garbage = bench.object(1, "garbage").await;
    bench.put_foreign(&format!("{PREFIX}/ab/notes.txt")).await;
    grow_old().await;
    let young = bench.object(1, "young").await;

    let store = Store::memory();
    let collector = bench.collector().await;
    let report =
        collector.plan(&PlanOptions::default(), &store, "plan", &Control::new()).await.unwrap();
    assert_eq!((report.garbage, report.garbage_bytes), (1, 7));
    assert_eq!((report.referenced, report.young, report.foreign), (2, 1, 1));
    assert_eq!(report.objects, 5);
    assert_eq!((report.items, report.pointers_without_object), (2, 0));
    assert_eq!(report.pin.grace, GRACE);
    assert_eq!(report.sample.len(), 1);
    assert_eq!(report.sample[0].key, garbage.key);
    assert_eq!(report.oldest, Some(report.sample[0].modified));

    let (_, text) = store.get("plan").await.unwrap();
    let text = std::str::from_utf8(&text).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines[0].starts_with(r#"{"ddbkit_offload_plan":1,"id":""#), "{text}");
    assert!(lines[1].contains(&garbage.key) && lines[2].contains(r#""end":true"#), "{text}");
    for object in [&live, &nested, &garbage, &young] {
        assert!(bench.exists(&object.key).await, "a plan deletes nothing");
    }
}

#[tokio::test]
async fn pointers_without_an_object_and_to_other_places_are_counted() {
    let bench = Bench::new().await;
    let gone = bench.object(1, "gone").await;
    let delete = bench.backend.s3.delete_object().bucket(&bench.bucket).key(&gone.key);
    delete.send().await.unwrap();
    bench.point(1, &gone).await;
    let mut other = bench.object(2, "other").await;
    other.bucket = "another-bucket".to_owned();
    bench.point(2, &other).await;
    let collector = bench.collector().await;
    let (store, options) = (Store::memory(), PlanOptions::default());
    let report = collector.plan(&options, &store, "plan", &Control::new()).await.unwrap();
    assert_eq!((report.pointers_without_object, report.pointers_elsewhere), (1, 1));
}

#[tokio::test]
async fn a_pointer_that_cannot_be_read_stops_the_plan() {
    let bench = Bench::new().await;
    for (version, kind) in
        [("2", OffloadErrorKind::UnsupportedVersion), ("x", OffloadErrorKind::InvalidPointer)]
    {
        let version = match version {
            "x" => AttributeValue::S("x".to_owned()),
            number => AttributeValue::N(number.to_owned()),
        };
        let map = [("$ddbkit:blob".to_owned(), version)];
        bench.put_item(1, AttributeValue::M(map.into())).await;
        let collector = bench.collector().await;
        let (store, options) = (Store::memory(), PlanOptions::default());
        let error = collector.plan(&options, &store, "plan", &Control::new()).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(store.head("plan").await.unwrap().is_none());
    }
}

#[tokio::test]
async fn another_prefix_another_table_and_a_shorter_grace_are_refused() {
    let bench = Bench::new().await;
    let builder = |table: &str, prefix: &str| {
        let (dynamodb, s3) = (bench.backend.dynamodb.clone(), bench.backend.s3.clone());
        GarbageCollector::builder(dynamodb, s3, table, &bench.bucket, prefix).unwrap()
    };
    let error = builder(&bench.table, "large").build().await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::ForeignPrefix);
    let other = bench.backend.table("offload-other", ddbkit_testkit::KeySchema::default()).await;
    let error = builder(&other, PREFIX).build().await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::ForeignPrefix, "{error}");
    let error = bench.builder().grace(Duration::from_millis(999)).build().await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::GraceTooShort);
    let collector = bench.builder().grace(GRACE * 2).build().await.unwrap();
    assert_eq!(collector.grace(), GRACE * 2);
}

#[tokio::test]
async fn a_manifest_of_a_newer_version_is_refused() {
    let bench = Bench::new().await;
    let put = bench.backend.s3.put_object().bucket(&bench.bucket);
    let put = put.key(format!("{PREFIX}/_owner.json"));
    put.body(br#"{"version":2}"#.to_vec().into()).send().await.unwrap();
    let error = bench.builder().build().await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::UnsupportedVersion);
}

#[tokio::test]
async fn objects_of_pynamodb_mate_are_garbage_only_when_its_writers_have_stopped() {
    let bench = Bench::new().await;
    let key = |md5: u8| format!("{PREFIX}/pk=a/attr=html/md5={}", format!("{md5:x}").repeat(32));
    bench.put_foreign(&key(1)).await;
    bench.put_foreign(&key(2)).await;
    let text = AttributeValue::S(format!("s3://{}/{}", bench.bucket, key(1)));
    bench.put_item(1, text).await;
    grow_old().await;
    let store = Store::memory();
    let options = PlanOptions::default();
    let report =
        bench.collector().await.plan(&options, &store, "plan", &Control::new()).await.unwrap();
    assert_eq!((report.objects, report.garbage), (0, 0));
    let stopped = bench.builder().writers_stopped(true).build().await.unwrap();
    let report = stopped.plan(&options, &store, "plan", &Control::new()).await.unwrap();
    assert_eq!((report.objects, report.garbage, report.referenced), (2, 1, 1));
    assert_eq!(report.sample[0].key, key(2));

    let refused = bench.collector().await;
    let error = refused.apply(&ApplyOptions::default(), &store, "plan", &Control::new()).await;
    assert_eq!(error.unwrap_err().kind(), OffloadErrorKind::InvalidInput);
    let done =
        stopped.apply(&ApplyOptions::default(), &store, "plan", &Control::new()).await.unwrap();
    assert_eq!((done.applied.deleted, done.applied.unchecked), (1, 1));
    assert!(bench.exists(&key(1)).await && !bench.exists(&key(2)).await);
}
