//! Dumps that go on where they were stopped.

use crate::support::{compare, filled, stop_after};
use ddbkit_export::{ExportErrorKind, ExportReader, list_exports};
use ddbkit_flow::{CapacityUnits, Control, Progress, ProgressEvent};
use ddbkit_local::{Fault, When};
use ddbkit_store::Store;
use ddbkit_testkit::{Backend, KeySchema, backend, items, put_all};
use ddbkit_transfer::{Dump, DumpBuilder, DumpReport, TransferError, TransferErrorKind};
use std::collections::BTreeSet;
use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// A dump of many small files.
fn small(backend: &Backend, table: &str) -> DumpBuilder {
    Dump::builder(backend.dynamodb.clone(), table)
        .total_segments(NonZeroU32::new(16).unwrap())
        .workers(NonZeroUsize::new(2).unwrap())
        .file_size(NonZeroU64::new(50_000).unwrap())
        .digest(true)
}

async fn run(
    dump: &DumpBuilder,
    store: &Store,
    control: &Control,
) -> Result<DumpReport, TransferError> {
    dump.clone().build().to_store(store.clone(), control).await
}

/// The dump is whole: its manifest names what is in `data/`, and the digest is that of the items.
pub(crate) async fn is_whole(store: &Store, undisturbed: &DumpReport) {
    let reader = ExportReader::open(store.clone()).await.unwrap();
    assert_eq!(reader.summary().item_count, undisturbed.items);
    let named: BTreeSet<_> =
        reader.files().iter().map(|file| file.file_name().to_owned()).collect();
    let root = reader.root_store();
    let stored = root.list("data/").await.unwrap();
    let stored: BTreeSet<_> = stored.iter().map(|o| o.key["data/".len()..].to_owned()).collect();
    assert_eq!(named, stored);
    let (_, digest) = root.get("_ddbkit/digest.json").await.unwrap();
    let digest: serde_json::Value = serde_json::from_slice(&digest).unwrap();
    let expected = undisturbed.digest.as_ref().unwrap();
    assert_eq!(digest["digest"], expected.to_hex());
    assert_eq!(digest["count"], undisturbed.items);
    assert_eq!(list_exports(store).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_goes_on_where_it_was_stopped() {
    let backend = backend().await;
    let (table, _) = filled(&backend, "dump-on", 3_000).await;
    let dump = small(&backend, &table);
    let undisturbed = run(&dump, &Store::memory(), &Control::new()).await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    for store in [Store::memory(), Store::directory(dir.path())] {
        let mut before = 0;
        for _ in 0..3 {
            let error = run(&dump, &store, &stop_after(600)).await.unwrap_err();
            assert_eq!(error.kind(), TransferErrorKind::Interrupted);
            let error = ExportReader::open(store.clone()).await.unwrap_err();
            assert!(matches!(error.kind(), ExportErrorKind::Unfinished { .. }), "{error}");
        }
        let report = run(&dump, &store, &Control::new()).await.unwrap();
        assert!(report.resumed && report.finished);
        // What was read before a cancel is kept, the last pages included.
        assert!(report.items_before >= 1_800, "{} items", report.items_before);
        assert_eq!(report.items, 3_000);
        assert_eq!(report.digest, undisturbed.digest);
        assert_eq!(report.json_bytes, undisturbed.json_bytes);
        is_whole(&store, &undisturbed).await;
        assert!(compare(&backend.dynamodb, &table, &store, false).await.equal);

        // It is finished: the same command is the next dump.
        before += report.items;
        let next = run(&dump, &store, &Control::new()).await.unwrap();
        assert_eq!((next.items, next.items_before, next.resumed), (before, 0, false));
        assert_eq!(list_exports(&store).await.unwrap().len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_goes_on_after_its_credentials_expired() {
    let backend = Backend::embedded_only().await;
    let (table, _) = filled(&backend, "dump-expired", 2_000).await;
    let (dump, store) = (small(&backend, &table), Store::memory());
    let undisturbed = run(&dump, &Store::memory(), &Control::new()).await.unwrap();
    let rule = backend.faults().inject(Fault::ExpiredCredentials, When::From(7), "Scan");
    let error = run(&dump, &store, &Control::new()).await.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Credentials, "{error}");
    assert!(rule.injected() > 0);
    backend.faults().clear();
    let report = run(&dump, &store, &Control::new()).await.unwrap();
    assert!(report.resumed && report.items_before > 0);
    is_whole(&store, &undisturbed).await;
    // The word that it failed is taken back.
    let reader = ExportReader::open(store).await.unwrap();
    assert!(reader.root_store().head("_ddbkit/state.json").await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_dump_does_not_take_it_up() {
    let backend = backend().await;
    let (table, _) = filled(&backend, "dump-other", 1_000).await;
    let (dump, store) = (small(&backend, &table), Store::memory());
    run(&dump, &store, &stop_after(300)).await.unwrap_err();
    for (other, what) in [
        (dump.clone().total_segments(NonZeroU32::new(8).unwrap()), "totalSegments"),
        (dump.clone().consistent_read(true), "consistentRead"),
        (dump.clone().compression(ddbkit_export::Compression::Zstd), "compression"),
        (dump.clone().digest(false), "digest"),
        (dump.clone().s3_location("bucket", ""), "s3Location"),
    ] {
        let error = run(&other, &store, &Control::new()).await.unwrap_err();
        assert_eq!(error.kind(), TransferErrorKind::Options);
        assert!(error.to_string().contains(&format!("its {what} differs")), "{error}");
        assert!(error.to_string().contains("--no-resume"), "{error}");
    }
    // Another table's dump has nothing to do with it, nor has one that is a sample.
    let (second, _) = filled(&backend, "dump-second", 10).await;
    assert_eq!(run(&small(&backend, &second), &store, &Control::new()).await.unwrap().items, 10);
    let sample = run(&dump.clone().limit(5), &store, &Control::new()).await.unwrap();
    assert_eq!((sample.items, sample.resumed), (5, false));
    // Discarded, nothing of it is left.
    let unfinished = |entries: Vec<ddbkit_export::ExportSummaryEntry>| {
        let is_done = |state: &_| matches!(state, ddbkit_export::ExportState::Completed(_));
        entries.iter().filter(|entry| !is_done(&entry.state)).count()
    };
    assert_eq!(unfinished(list_exports(&store).await.unwrap()), 1);
    let report = run(&dump.clone().resume(false), &store, &Control::new()).await.unwrap();
    assert_eq!((report.items, report.resumed), (1_000, false));
    assert_eq!(unfinished(list_exports(&store).await.unwrap()), 0);
    assert_eq!(list_exports(&store).await.unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dump_of_a_table_that_was_made_anew_is_not_gone_on_with() {
    let backend = backend().await;
    let (table, _) = filled(&backend, "dump-anew", 1_000).await;
    let (dump, store) = (small(&backend, &table), Store::memory());
    run(&dump, &store, &stop_after(300)).await.unwrap_err();
    backend.dynamodb.delete_table().table_name(&table).send().await.unwrap();
    // Creation times are told apart by seconds where there is no TableId.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    backend.create_table(&table, KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..10).map(|n| items::item(1, n))).await;
    let error = run(&dump, &store, &Control::new()).await.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Options);
    assert!(error.to_string().contains("was made anew"), "{error}");
    let report = run(&dump.resume(false), &store, &Control::new()).await.unwrap();
    assert_eq!(report.items, 10);
}

/// Tells when the first file is closed.
struct FirstFile(Arc<Notify>);

impl Progress for FirstFile {
    fn on_event(&self, event: &ProgressEvent) {
        if matches!(event, ProgressEvent::FileClosed { .. }) {
            self.0.notify_one();
        }
    }
}

/// Two processes at once: the later one goes on, the other stops, and no item is there twice.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_dump_at_once_the_first_stops() {
    let backend = backend().await;
    let (table, _) = filled(&backend, "dump-two", 2_000).await;
    let (dump, store) = (small(&backend, &table), Store::memory());
    let undisturbed = run(&dump, &Store::memory(), &Control::new()).await.unwrap();
    let closed = Arc::new(Notify::new());
    let control = Control::new().with_progress(Arc::new(FirstFile(closed.clone())));
    // Slow enough that it still runs when the other one comes.
    let slow = dump.clone().read_capacity(CapacityUnits::new(20.0).unwrap());
    let first = tokio::spawn({
        let store = store.clone();
        async move { run(&slow, &store, &control).await }
    });
    closed.notified().await;
    let second = run(&dump, &store, &Control::new()).await.unwrap();
    assert!(second.resumed && second.items_before > 0);
    assert_eq!(second.items, 2_000);
    let error = tokio::time::timeout(Duration::from_mins(2), first).await.unwrap().unwrap();
    let error = error.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Superseded, "{error}");
    is_whole(&store, &undisturbed).await;
}

/// What a process left that was killed at the worst moments.
#[tokio::test(flavor = "multi_thread")]
async fn what_no_journal_names_is_removed() {
    let backend = backend().await;
    let (table, _) = filled(&backend, "dump-stray", 1_000).await;
    let (dump, store) = (small(&backend, &table), Store::memory());
    let undisturbed = run(&dump, &Store::memory(), &Control::new()).await.unwrap();
    run(&dump, &store, &stop_after(400)).await.unwrap_err();
    // Between the file and its entry.
    let data = |key: &str| key.contains("/data/");
    let keys = store.list("").await.unwrap().into_iter().map(|object| object.key);
    let files: Vec<String> = keys.filter(|key| data(key)).collect();
    let stray = files[0].replace(".json.gz", "a.json.gz");
    let (_, bytes) = store.get(&files[0]).await.unwrap();
    store.put(&stray, bytes, ddbkit_store::PutOptions::default()).await.unwrap();
    run(&dump, &store, &Control::new()).await.unwrap();
    is_whole(&store, &undisturbed).await;

    // Between the summary and the end: the same command finds that it is done.
    let reader = ExportReader::open(store.clone()).await.unwrap();
    let (_, plan) = reader.root_store().get("_ddbkit/plan.json").await.unwrap();
    let pointer = format!("AWSDynamoDB/_ddbkit/unfinished/{table}.json");
    store.put(&pointer, plan, ddbkit_store::PutOptions::default()).await.unwrap();
    let report = run(&dump, &store, &Control::new()).await.unwrap();
    assert_eq!((report.items, report.items_before, report.finished), (1_000, 1_000, true));
    assert!(store.head(&pointer).await.unwrap().is_none());
    is_whole(&store, &undisturbed).await;
}
