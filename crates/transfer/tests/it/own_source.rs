//! Loads from a source of the caller's own.

use ddbkit_flow::Control;
use ddbkit_testkit::{KeySchema, backend, scan_all};
use ddbkit_transfer::{
    ItemSink, ItemSource, Load, LoadBuilder, LoadReport, SourceItem, TransferError,
};
use std::error::Error;

/// `items` items, one thing that is none, and perhaps a failure in the end.
struct Generated {
    items: u64,
    fails: bool,
}

impl ItemSource for Generated {
    fn expected_items(&self) -> Option<u64> {
        Some(self.items)
    }

    fn read(self: Box<Self>, sink: ItemSink<'_>) -> Result<(), Box<dyn Error + Send + Sync>> {
        for n in 0..=self.items {
            let item = match n {
                0 => ("nonsense".to_owned(), Some("it is no item".to_owned())),
                n => (format!("{{\"pk\":{{\"S\":\"k\"}},\"sk\":{{\"N\":\"{n}\"}}}}"), None),
            };
            let (text, refused) = (item.0.into_bytes(), item.1);
            if sink(SourceItem { file: "made".into(), line: n + 1, text, refused }).is_break() {
                return Ok(());
            }
        }
        if self.fails { Err("the tape is torn".into()) } else { Ok(()) }
    }
}

async fn load(
    source: Generated,
    options: impl FnOnce(LoadBuilder) -> LoadBuilder,
) -> (Result<LoadReport, TransferError>, usize, String) {
    let backend = backend().await;
    let table = backend.table("own-source", KeySchema::default()).await;
    let dir = tempfile::tempdir().unwrap();
    let rejects = dir.path().join("rejects.json");
    let load = options(Load::builder(backend.dynamodb.clone(), &table).rejects(&rejects));
    let report = load.build().from_source(source, &Control::new()).await;
    let reasons = std::fs::read_to_string(dir.path().join("rejects.json.errors.jsonl"));
    (report, scan_all(&backend.dynamodb, &table).await.len(), reasons.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn items_are_written_and_what_is_none_is_rejected_with_its_place() {
    let (report, items, reasons) =
        load(Generated { items: 1_000, fails: false }, |load| load).await;
    let report = report.unwrap();
    assert_eq!((report.read, report.written, report.rejected), (1_001, 1_000, 1));
    assert_eq!(items, 1_000);
    assert!(reasons.contains(r#""source":"made","line":1,"error":"it is no item""#), "{reasons}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_fails_ends_the_load_after_what_it_gave() {
    let (report, items, _) = load(Generated { items: 100, fails: true }, |load| load).await;
    let error = report.unwrap_err();
    assert_eq!(error.to_string(), "the source cannot be read");
    assert_eq!(error.source().unwrap().to_string(), "the tape is torn");
    assert!(items <= 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_stops_the_source() {
    let source = Generated { items: u64::MAX - 1, fails: false };
    let (report, items, _) = load(source, |load| load.limit(500)).await;
    let report = report.unwrap();
    assert_eq!((report.read, report.written, report.limited), (500, 499, true));
    assert_eq!(items, 499);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_load_stops_its_source() {
    let backend = backend().await;
    let table = backend.table("own-cancel", KeySchema::default()).await;
    let control = Control::new();
    let source = Generated { items: u64::MAX - 1, fails: false };
    let rejects = tempfile::tempdir().unwrap();
    let load = Load::builder(backend.dynamodb.clone(), &table).rejects(rejects.path().join("r"));
    let stopper = control.clone();
    let stop = async move {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        stopper.cancel();
    };
    let (report, ()) = tokio::join!(load.build().from_source(source, &control), stop);
    assert_eq!(report.unwrap_err().kind(), ddbkit_transfer::TransferErrorKind::Interrupted);
}
