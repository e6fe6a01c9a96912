//! Loads that go on where they were stopped.

use crate::support::{compare, dump, filled, open, stop_after};
use ddbkit_flow::Control;
use ddbkit_local::{Fault, When};
use ddbkit_store::Store;
use ddbkit_testkit::{Backend, KeySchema};
use ddbkit_transfer::{Dump, Load, LoadReport, TransferError, TransferErrorKind, WriteMode};
use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
use std::time::Duration;

/// A dump of many small files.
async fn dumped(backend: &Backend, prefix: &str, items: u64) -> Store {
    let (table, _) = filled(backend, prefix, items).await;
    let store = Store::memory();
    let dump = Dump::builder(backend.dynamodb.clone(), &table)
        .total_segments(NonZeroU32::new(16).unwrap())
        .workers(NonZeroUsize::new(2).unwrap())
        .file_size(NonZeroU64::new(100_000).unwrap());
    let report = dump.build().to_store(store.clone(), &Control::new()).await.unwrap();
    assert!(report.files > 4, "{} files", report.files);
    store
}

async fn load(
    backend: &Backend,
    table: &str,
    source: &Store,
    state: &Store,
    mode: &WriteMode,
    control: &Control,
) -> Result<LoadReport, TransferError> {
    let load =
        Load::builder(backend.dynamodb.clone(), table).mode(mode.clone()).state(state.clone());
    load.build().from_export(open(source).await, control).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_goes_on_where_it_was_stopped() {
    let backend = Backend::embedded_only().await;
    let source = dumped(&backend, "goon", 2_000).await;
    for mode in [WriteMode::Overwrite, WriteMode::SkipExisting] {
        let table = backend.table("goon", KeySchema::default()).await;
        let state = Store::memory();
        let stopped = load(&backend, &table, &source, &state, &mode, &stop_after(1_200)).await;
        assert_eq!(stopped.unwrap_err().kind(), TransferErrorKind::Interrupted);
        let report = load(&backend, &table, &source, &state, &mode, &Control::new()).await.unwrap();
        assert!(report.resumed > 200, "{mode:?}: {} lines", report.resumed);
        assert_eq!(report.resumed + report.read, 2_000, "{mode:?}");
        assert!(compare(&backend.dynamodb, &table, &source, false).await.equal, "{mode:?}");
        // Nothing is left of it: the same command is a new load.
        assert!(state.list("").await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_goes_on_after_its_credentials_expired() {
    let backend = Backend::embedded_only().await;
    let source = dumped(&backend, "error", 1_000).await;
    let table = backend.table("error", KeySchema::default()).await;
    let state = Store::memory();
    let mode = WriteMode::Overwrite;
    let rule = backend.faults().inject(Fault::ExpiredCredentials, When::From(20), "BatchWriteItem");
    let stopped = load(&backend, &table, &source, &state, &mode, &Control::new()).await;
    assert_eq!(stopped.unwrap_err().kind(), TransferErrorKind::Credentials);
    assert!(rule.injected() > 0);
    backend.faults().clear();
    let report = load(&backend, &table, &source, &state, &mode, &Control::new()).await.unwrap();
    assert_eq!(report.resumed + report.read, 1_000);
    assert!(compare(&backend.dynamodb, &table, &source, false).await.equal);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_that_the_load_creates_is_its_own() {
    let backend = Backend::embedded_only().await;
    let source = dumped(&backend, "own", 1_500).await;
    let (state, table) = (Store::memory(), "own-copy");
    let create = |control: Control| {
        let load = Load::builder(backend.dynamodb.clone(), table);
        let load = load.create_table(true).state(state.clone()).build();
        let source = source.clone();
        async move { load.from_export(open(&source).await, &control).await }
    };
    let error = create(stop_after(700)).await.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Interrupted);
    let report = create(Control::new()).await.unwrap();
    assert!(report.resumed > 0 && report.created_table);
    assert!(compare(&backend.dynamodb, table, &source, false).await.equal);
    // It is done: once more is another load, into a table that is there.
    let error = create(Control::new()).await.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::TableExists);
    assert!(state.list("").await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_made_anew_starts_from_nothing() {
    let backend = Backend::embedded_only().await;
    let source = dumped(&backend, "anew", 1_000).await;
    let table = backend.table("anew", KeySchema::default()).await;
    let (state, mode) = (Store::memory(), WriteMode::Overwrite);
    load(&backend, &table, &source, &state, &mode, &stop_after(600)).await.unwrap_err();
    backend.dynamodb.delete_table().table_name(&table).send().await.unwrap();
    // Creation times are told apart by seconds where there is no TableId.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    backend.create_table(&table, KeySchema::default()).await;
    let report = load(&backend, &table, &source, &state, &mode, &Control::new()).await.unwrap();
    assert!(report.table_was_replaced);
    assert_eq!((report.resumed, report.read), (0, 1_000));
    assert!(compare(&backend.dynamodb, &table, &source, false).await.equal);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_load_does_not_take_it_up() {
    let backend = Backend::embedded_only().await;
    let source = dumped(&backend, "other", 1_000).await;
    let table = backend.table("other", KeySchema::default()).await;
    let state = Store::memory();
    let mode = WriteMode::Overwrite;
    load(&backend, &table, &source, &state, &mode, &stop_after(600)).await.unwrap_err();

    let (small, _) = filled(&backend, "small", 10).await;
    let another = Store::memory();
    dump(&backend.dynamodb, &small, &another).await;
    let control = Control::new();
    for (table, source, mode, what) in [
        (&table, &another, &mode, "source"),
        (&small, &source, &mode, "table"),
        (&table, &source, &WriteMode::SkipExisting, "mode"),
    ] {
        let error = load(&backend, table, source, &state, mode, &control).await.unwrap_err();
        assert_eq!(error.kind(), TransferErrorKind::Options);
        assert!(error.to_string().contains(&format!("its {what} differs")), "{error}");
    }
    // What was there is still there.
    let report = load(&backend, &table, &source, &state, &mode, &control).await.unwrap();
    assert!(report.resumed > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_on_one_state_one_stops() {
    let backend = Backend::embedded_only().await;
    let source = dumped(&backend, "two", 1_000).await;
    let table = backend.table("two", KeySchema::default()).await;
    let (state, mode) = (Store::memory(), WriteMode::SkipExisting);
    let _slow =
        backend.faults().inject(Fault::Delay(Duration::from_millis(40)), When::Every(1), "PutItem");
    let (first, second) = (Control::new(), Control::new());
    let (first, second) =
        tokio::join!(load(&backend, &table, &source, &state, &mode, &first), async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            load(&backend, &table, &source, &state, &mode, &second).await
        },);
    backend.faults().clear();
    let errors: Vec<_> = [first, second].into_iter().filter_map(Result::err).collect();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].to_string().contains("another load"), "{}", errors[0]);
    assert!(compare(&backend.dynamodb, &table, &source, false).await.equal);
}
