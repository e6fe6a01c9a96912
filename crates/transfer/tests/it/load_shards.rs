//! Several loads that share one source.

use crate::support::{compare, filled, open, stop_after};
use ddbkit_export::Compression;
use ddbkit_flow::Control;
use ddbkit_store::Store;
use ddbkit_testkit::{Backend, KeySchema, backend};
use ddbkit_transfer::{Dump, Load, LoadReport, TransferError, TransferErrorKind, WriteMode};
use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};

/// A dump of 8 data files or more.
async fn in_many_files(backend: &Backend, items: u64) -> Store {
    let (table, _) = filled(backend, "shards", items).await;
    let store = Store::memory();
    let dump = Dump::builder(backend.dynamodb.clone(), &table)
        .total_segments(NonZeroU32::new(16).unwrap())
        .workers(NonZeroUsize::new(2).unwrap())
        .compression(Compression::None)
        .file_size(NonZeroU64::MIN);
    dump.build().to_store(store.clone(), &Control::new()).await.unwrap();
    assert!(open(&store).await.files().len() >= 8);
    store
}

async fn load(
    backend: &Backend,
    table: &str,
    source: &Store,
    state: Option<&Store>,
    shard: &str,
    control: &Control,
) -> Result<LoadReport, TransferError> {
    let load = Load::builder(backend.dynamodb.clone(), table)
        .mode(WriteMode::Overwrite)
        .shard(shard.parse().unwrap());
    let load = match state {
        Some(state) => load.state(state.clone()),
        None => load,
    };
    load.build().from_export(open(source).await, control).await
}

#[tokio::test(flavor = "multi_thread")]
async fn three_shards_load_everything_once() {
    let backend = backend().await;
    let source = in_many_files(&backend, 400).await;
    let table = backend.table("sharded", KeySchema::default()).await;
    let (state, control) = (Store::memory(), Control::new());
    let part = |shard| load(&backend, &table, &source, Some(&state), shard, &control);
    let (first, second, third) = tokio::join!(part("0/3"), part("1/3"), part("2/3"));
    let reports = [first, second, third].map(Result::unwrap);
    for (index, report) in reports.iter().enumerate() {
        assert_eq!(report.shard.map(ddbkit_transfer::Shard::index), u32::try_from(index).ok());
        assert!(report.read > 0 && report.read < 400, "{report:?}");
        assert_eq!(report.read, report.written);
    }
    let sum = |of: fn(&LoadReport) -> u64| reports.iter().map(of).sum::<u64>();
    assert_eq!(sum(|report| report.written), 400);
    assert_eq!(sum(|report| report.files), open(&source).await.files().len() as u64);
    assert!(compare(&backend.dynamodb, &table, &source, false).await.equal);
    assert!(state.list("").await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_shard_goes_on_for_itself() {
    let backend = backend().await;
    let source = in_many_files(&backend, 2_000).await;
    let table = backend.table("sharded-on", KeySchema::default()).await;
    let state = Store::memory();
    let first = load(&backend, &table, &source, Some(&state), "0/2", &stop_after(600)).await;
    assert_eq!(first.unwrap_err().kind(), TransferErrorKind::Interrupted);
    let objects = state.list("").await.unwrap();
    let keys: Vec<_> = objects.iter().map(|object| &*object.key).collect();
    assert_eq!(keys, ["checkpoint-0-of-2.json"]);
    let control = Control::new();
    let second = load(&backend, &table, &source, Some(&state), "1/2", &control).await.unwrap();
    assert_eq!(second.resumed, 0);
    let first = load(&backend, &table, &source, Some(&state), "0/2", &control).await.unwrap();
    assert!(first.resumed > 0, "{first:?}");
    assert_eq!(first.resumed + first.read + second.read, 2_000);
    assert!(compare(&backend.dynamodb, &table, &source, false).await.equal);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shard_keeps_a_state_and_there_may_be_more_shards_than_files() {
    let backend = backend().await;
    let source = in_many_files(&backend, 100).await;
    let table = backend.table("sharded-few", KeySchema::default()).await;
    let control = Control::new();
    let error = load(&backend, &table, &source, None, "0/2", &control).await.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Options);
    let state = Store::memory();
    let none = load(&backend, &table, &source, Some(&state), "998/999", &control).await.unwrap();
    assert_eq!((none.files, none.read, none.written), (0, 0, 0));
}
