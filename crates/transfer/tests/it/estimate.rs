//! What a dump and a load would do, told without doing it.

use crate::support::{dump, filled, load, open};
use aws_sdk_dynamodb::types::TimeToLiveSpecification;
use ddbkit_codec::rules::write_units;
use ddbkit_flow::{CapacityUnits, Control};
use ddbkit_local::{Fault, When};
use ddbkit_store::Store;
use ddbkit_testkit::{Backend, KeySchema, scan_all};
use ddbkit_transfer::{Dump, Expired, Load, TransferErrorKind, WriteMode, WritePath};
use std::time::{Duration, SystemTime};

fn units(units: f64) -> CapacityUnits {
    CapacityUnits::new(units).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_is_estimated_as_it_is_charged() {
    let backend = Backend::embedded_only().await;
    let (table, items) = filled(&backend, "estimate", 200).await;
    let source = Store::memory();
    dump(&backend.dynamodb, &table, &source).await;
    let copy = backend.table("estimated", KeySchema::default()).await;
    let (rejects, state) = (tempfile::tempdir().unwrap(), Store::memory());
    // No call that writes may be made.
    let writes = ["PutItem", "BatchWriteItem", "CreateTable", "UpdateItem", "TransactWriteItems"];
    let rules = writes.map(|operation| {
        backend.faults().inject(Fault::ExpiredCredentials, When::From(1), operation)
    });
    let options = |mode| {
        Load::builder(backend.dynamodb.clone(), &copy)
            .mode(mode)
            .state(state.clone())
            .rejects(rejects.path().join("rejects"))
            .write_capacity(units(10.0))
    };
    let estimate = |mode| options(mode).build();
    let control = Control::new();
    let overwrite = estimate(WriteMode::Overwrite).estimate_export(open(&source).await, &control);
    let overwrite = overwrite.await.unwrap();
    let puts = estimate(WriteMode::SkipExisting).estimate_export(open(&source).await, &control);
    let puts = puts.await.unwrap();
    assert!(rules.iter().all(|rule| rule.injected() == 0));
    backend.faults().clear();
    assert!(scan_all(&backend.dynamodb, &copy).await.is_empty());
    assert!(state.get("checkpoint.json").await.is_err());
    assert_eq!(std::fs::read_dir(rejects.path()).unwrap().count(), 0);

    let expected = items.iter().map(|item| write_units(item.size())).sum();
    assert_eq!(overwrite.units, units(expected));
    assert_eq!(overwrite.duration, Some(Duration::from_secs_f64(expected / 10.0)));
    assert_eq!((overwrite.read, overwrite.items, overwrite.rejected), (200, 200, 0));
    assert_eq!((overwrite.path, puts.path), (WritePath::Batch, WritePath::ConditionalPut));
    assert_eq!(puts.requests, 200);
    assert!(overwrite.requests >= 8 && overwrite.requests < 200, "{}", overwrite.requests);
    let report = load(&backend.dynamodb, &copy, &source, |load| load).await;
    assert_eq!(report.consumed, overwrite.units);
    assert_eq!(report.json_bytes, overwrite.json_bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_be_rejected_is_found() {
    let backend = Backend::embedded_only().await;
    let table = backend.table("estimate-bad", KeySchema::default()).await;
    let large = "x".repeat(410_000);
    let lines = [
        r#"{"pk":{"S":"a"},"sk":{"N":"1"}}"#.to_owned(),
        r#"{"pk":{"S":"a"}}"#.to_owned(),
        r#"{"pk":{"S":"a"},"sk":{"S":"1"}}"#.to_owned(),
        r#"{"pk":{"S":""},"sk":{"N":"1"}}"#.to_owned(),
        r#"{"pk":{"S":"a"},"sk":{"N":"2"},"s":{"SS":["a","a"]}}"#.to_owned(),
        format!(r#"{{"pk":{{"S":"a"}},"sk":{{"N":"3"}},"t":{{"S":"{large}"}}}}"#),
        "nonsense".to_owned(),
    ];
    let load = || Load::builder(backend.dynamodb.clone(), &table).mode(WriteMode::Overwrite);
    let stream = || std::io::Cursor::new(lines.join("\n"));
    let control = Control::new();
    let estimate = load().build().estimate_reader(stream(), "lines", &control).await.unwrap();
    assert_eq!((estimate.read, estimate.items, estimate.rejected), (7, 1, 6));
    assert_eq!(estimate.units, units(1.0));
    assert_eq!(estimate.reasons.len(), 6);
    for number in 2..=7 {
        let place = format!("lines:{number}: ");
        assert!(estimate.reasons.iter().any(|why| why.starts_with(&place)), "{estimate:?}");
    }
    // The load itself finds the same.
    let dir = tempfile::tempdir().unwrap();
    let load = load().rejects(dir.path().join("rejects")).build();
    let report = load.from_reader(stream(), "lines", &control).await.unwrap();
    assert_eq!((report.written, report.rejected), (estimate.items, estimate.rejected));
}

#[tokio::test(flavor = "multi_thread")]
async fn items_that_would_be_left_out_are_counted() {
    let backend = Backend::embedded_only().await;
    let table = backend.table("estimate-ttl", KeySchema::default()).await;
    let ttl = TimeToLiveSpecification::builder().attribute_name("ttl").enabled(true);
    let call = backend.dynamodb.update_time_to_live().table_name(&table);
    call.time_to_live_specification(ttl.build().unwrap()).send().await.unwrap();
    let lines: String = ["999999999", "1000000001", "1900000000"]
        .map(|at| {
            format!(r#"{{"pk":{{"S":"a"}},"sk":{{"N":"{at}"}},"ttl":{{"N":"{at}"}}}}"#) + "\n"
        })
        .concat();
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let load = Load::builder(backend.dynamodb.clone(), &table).expired(Expired::Skip).now(now);
    let stream = std::io::Cursor::new(lines);
    let estimate = load.build().estimate_reader(stream, "lines", &Control::new()).await.unwrap();
    assert_eq!((estimate.read, estimate.items, estimate.rejected), (3, 2, 0));
    assert_eq!((estimate.expired, estimate.skipped_expired), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_that_creates_its_table_is_estimated_without_it() {
    let backend = Backend::embedded_only().await;
    let (table, _) = filled(&backend, "estimate-new", 30).await;
    let source = Store::memory();
    dump(&backend.dynamodb, &table, &source).await;
    let copy = format!("{table}-copy");
    let load =
        |table: &str| Load::builder(backend.dynamodb.clone(), table).create_table(true).build();
    let control = Control::new();
    let estimate = load(&copy).estimate_export(open(&source).await, &control).await.unwrap();
    assert_eq!((estimate.items, estimate.creates_table), (30, true));
    assert_eq!((estimate.path, estimate.requests), (WritePath::Batch, 2));
    backend.dynamodb.describe_table().table_name(&copy).send().await.unwrap_err();
    let error = load(&table).estimate_export(open(&source).await, &control).await.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::TableExists);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_is_estimated_by_the_description_of_the_table() {
    let backend = Backend::embedded_only().await;
    let (table, items) = filled(&backend, "estimate-dump", 100).await;
    let rule = backend.faults().inject(Fault::ExpiredCredentials, When::From(1), "Scan");
    let dump = |strong| {
        let dump = Dump::builder(backend.dynamodb.clone(), &table).consistent_read(strong);
        dump.read_capacity(units(2.0)).build()
    };
    let control = Control::new();
    let weak = dump(false).estimate(&control).await.unwrap();
    let strong = dump(true).estimate(&control).await.unwrap();
    assert_eq!(rule.injected(), 0);
    assert_eq!(weak.items, items.len() as u64);
    assert!(weak.bytes > 0, "{weak:?}");
    assert_eq!(strong.units, weak.units + weak.units);
    assert_eq!(weak.duration, Some(Duration::from_secs_f64(weak.units.get() / 2.0)));
    let half = Dump::builder(backend.dynamodb.clone(), &table).limit(50).build();
    let half = half.estimate(&control).await.unwrap();
    assert_eq!((half.items, half.bytes, half.duration), (50, weak.bytes / 2, None));
}
