//! What is told before items are written, and items that have expired.

use aws_sdk_dynamodb::types::{StreamSpecification, StreamViewType, TimeToLiveSpecification};
use ddbkit_flow::{Control, Progress, ProgressEvent};
use ddbkit_testkit::{Backend, KeySchema, backend, scan_all};
use ddbkit_transfer::{Expired, Load, LoadReport};
use std::io::Cursor;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl Progress for Told {
    fn on_event(&self, event: &ProgressEvent) {
        if let ProgressEvent::Warning(text) = event {
            self.0.lock().unwrap().push(text.clone());
        }
    }
}

/// Loads into the table, by a clock that is a day ahead; what was told must be in the report.
async fn load(backend: &Backend, table: &str, expired: Expired, lines: &str) -> LoadReport {
    let told = Arc::new(Told::default());
    let dir = tempfile::tempdir().unwrap();
    let load = Load::builder(backend.dynamodb.clone(), table)
        .expired(expired)
        .now(SystemTime::now() + Duration::from_hours(24))
        .rejects(dir.path().join("rejects.json"));
    let control = Control::new().with_progress(told.clone());
    let lines = Cursor::new(lines.to_owned());
    let report = load.build().from_reader(lines, "lines", &control).await.unwrap();
    assert_eq!(report.warnings, *told.0.lock().unwrap());
    if report.rejected > 0 {
        let reasons = dir.path().join("rejects.json.errors.jsonl");
        let reasons = std::fs::read_to_string(reasons).unwrap();
        assert!(reasons.contains("the item has expired by its attribute ttl"), "{reasons}");
    }
    report
}

async fn with_time_to_live(backend: &Backend) -> String {
    let table = backend.table("ttl", KeySchema::default()).await;
    let ttl = TimeToLiveSpecification::builder().attribute_name("ttl").enabled(true).build();
    let call = backend.dynamodb.update_time_to_live().table_name(&table);
    call.time_to_live_specification(ttl.unwrap()).send().await.unwrap();
    table
}

/// One hour and two days from now, and without: the first has expired by a clock a day ahead, but
/// not for the server.
fn lines() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let item =
        |n: u64, more: &str| format!("{{\"pk\":{{\"S\":\"a\"}},\"sk\":{{\"N\":\"{n}\"}}{more}}}\n");
    let ttl = |hours: u64| format!(",\"ttl\":{{\"N\":\"{}\"}}", now + hours * 3600);
    [item(1, &ttl(1)), item(2, &ttl(2)), item(3, &ttl(48)), item(4, "")].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_items_are_loaded_skipped_or_rejected() {
    let backend = backend().await;
    let dry = |expired, table: &str| {
        let load = Load::builder(backend.dynamodb.clone(), table).expired(expired);
        let load = load.now(SystemTime::now() + Duration::from_hours(24)).build();
        async move {
            let lines = Cursor::new(lines());
            Box::pin(load.estimate_reader(lines, "lines", &Control::new())).await.unwrap()
        }
    };
    for (expired, written, skipped, rejected, warnings) in
        [(Expired::Load, 4, 0, 0, 1), (Expired::Skip, 2, 2, 0, 0), (Expired::Reject, 2, 0, 2, 0)]
    {
        let table = with_time_to_live(&backend).await;
        let estimate = dry(expired, &table).await;
        let counts = (estimate.items, estimate.skipped_expired, estimate.rejected);
        assert_eq!((counts, estimate.expired), ((written, skipped, rejected), 2), "{expired:?}");
        let report = load(&backend, &table, expired, &lines()).await;
        assert_eq!((report.read, report.expired), (4, 2), "{expired:?}");
        assert_eq!(estimate.warnings, report.warnings);
        let counts = (report.written, report.skipped_expired, report.rejected);
        assert_eq!(counts, (written, skipped, rejected), "{expired:?}");
        assert_eq!(scan_all(&backend.dynamodb, &table).await.len() as u64, written);
        // Once, not for each.
        assert_eq!(report.warnings.len(), warnings, "{:?}", report.warnings);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_time_to_live_nothing_expires() {
    let backend = backend().await;
    let table = backend.table("no-ttl", KeySchema::default()).await;
    // The same ones for both: they have the time of the clock.
    let lines = lines();
    let report = load(&backend, &table, Expired::Load, &lines).await;
    assert_eq!((report.written, report.expired), (4, 0));
    assert_eq!(report.warnings, Vec::<String>::new());
    let report = load(&backend, &table, Expired::Skip, &lines).await;
    assert_eq!((report.already_equal, report.expired), (4, 0));
    assert_eq!(report.warnings, [format!("time to live of table {table} is off: no item expires")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_told_before() {
    let backend = backend().await;
    let table = backend.table("stream", KeySchema::default()).await;
    let stream = StreamSpecification::builder().stream_enabled(true);
    let stream = stream.stream_view_type(StreamViewType::KeysOnly).build().unwrap();
    let call = backend.dynamodb.update_table().table_name(&table);
    call.stream_specification(stream).send().await.unwrap();
    let report = load(&backend, &table, Expired::Load, "").await;
    let told = format!("table {table} has a stream: each put triggers its consumers");
    assert_eq!(report.warnings, [told]);
}
