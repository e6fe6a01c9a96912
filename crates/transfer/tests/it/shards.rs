//! Several processes that share one dump.

use crate::dump_resume::is_whole;
use crate::support::{filled, stop_after};
use ddbkit_flow::Control;
use ddbkit_store::Store;
use ddbkit_testkit::{Backend, backend};
use ddbkit_transfer::{Dump, DumpBuilder, Shard, TransferErrorKind};
use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};

fn shard(backend: &Backend, table: &str, shard: &str) -> DumpBuilder {
    Dump::builder(backend.dynamodb.clone(), table)
        .total_segments(NonZeroU32::new(16).unwrap())
        .workers(NonZeroUsize::new(2).unwrap())
        .file_size(NonZeroU64::new(50_000).unwrap())
        .digest(true)
        .dump_id("nightly")
        .shard(shard.parse::<Shard>().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn shards_make_one_dump_and_the_missing_are_named() {
    let backend = backend().await;
    let (table, _) = filled(&backend, "shards", 2_000).await;
    let store = Store::memory();
    let whole = shard(&backend, &table, "0/1").build();
    let undisturbed = whole.to_store(Store::memory(), &Control::new()).await.unwrap();
    let run = |number: &str, control: Control| {
        let dump = shard(&backend, &table, number).build();
        let store = store.clone();
        async move { dump.to_store(store, &control).await }
    };
    let finish = || {
        let (dump, store) = (shard(&backend, &table, "0/1").build(), store.clone());
        async move { dump.finish(store, &Control::new()).await }
    };

    let error = finish().await.unwrap_err();
    assert!(error.to_string().contains("there is no dump to finish"), "{error}");
    // All at once, one of them cut short.
    let (first, second, third) = tokio::join!(
        run("0/4", Control::new()),
        run("1/4", stop_after(100)),
        run("2/4", Control::new())
    );
    assert_eq!(second.unwrap_err().kind(), TransferErrorKind::Interrupted);
    let (first, third) = (first.unwrap(), third.unwrap());
    assert!(!first.finished && first.items > 0 && third.items > 0);
    assert_eq!(first.export_id, third.export_id);

    let error = finish().await.unwrap_err().to_string();
    assert!(error.contains("of 4 shards these are not done: 1 ("), "{error}");
    assert!(error.contains("3 (4 of 4 segments)"), "{error}");
    // Another number of shards is another dump.
    let error = run("0/5", Control::new()).await.unwrap_err();
    assert!(error.to_string().contains("its shards differs"), "{error}");

    // Two with one number: whoever stops, nothing is lost or doubled.
    let (second, one, other) = tokio::join!(
        run("1/4", Control::new()),
        run("3/4", Control::new()),
        run("3/4", Control::new())
    );
    let second = second.unwrap();
    assert!(second.resumed && second.items_before > 0);
    for result in [&one, &other] {
        let stopped = result.as_ref().err().map(ddbkit_transfer::TransferError::kind);
        assert!(stopped.is_none_or(|kind| kind == TransferErrorKind::Superseded), "{result:?}");
    }
    assert!(one.is_ok() || other.is_ok(), "{one:?} {other:?}");

    let other = Dump::builder(backend.dynamodb.clone(), "other").dump_id("nightly").build();
    let error = other.finish(store.clone(), &Control::new()).await.unwrap_err();
    assert!(error.to_string().contains(&format!("is of table {table}, not of other")), "{error}");
    let report = finish().await.unwrap();
    assert_eq!((report.items, report.finished), (2_000, true));
    assert_eq!(report.digest, undisturbed.digest);
    is_whole(&store, &undisturbed).await;
    // Finishing again, and coming late, change nothing.
    let before = store.list("").await.unwrap();
    assert_eq!(finish().await.unwrap().items, 2_000);
    let late = run("2/4", Control::new()).await.unwrap();
    assert!(late.finished);
    assert_eq!(late.export_id, report.export_id);
    assert_eq!(store.list("").await.unwrap(), before);
    // What is needed for the end is all there, also when the table is not.
    backend.dynamodb.delete_table().table_name(&table).send().await.unwrap();
    assert_eq!(finish().await.unwrap().items, 2_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_is_refused() {
    let backend = backend().await;
    let (table, _) = filled(&backend, "shards-wrong", 10).await;
    let client = || Dump::builder(backend.dynamodb.clone(), &table);
    let third = "3/8".parse::<Shard>().unwrap();
    for (dump, why) in [
        (client().shard(third), "--dump-id"),
        (client().dump_id("../x"), "letters, digits"),
        (client().dump_id(""), "letters, digits"),
        (client().dump_id("x").limit(5), "with a limit"),
        (client().dump_id("x").shard(third).total_segments(NonZeroU32::MIN), "fewer segments"),
    ] {
        let store = Store::memory();
        let error = dump.build().to_store(store.clone(), &Control::new()).await.unwrap_err();
        assert_eq!(error.kind(), TransferErrorKind::Options);
        assert!(error.to_string().contains(why), "{error}");
        assert!(store.list("").await.unwrap().is_empty());
    }
}

/// A dump that has a name is done once.
#[tokio::test(flavor = "multi_thread")]
async fn a_named_dump_is_made_once() {
    let backend = backend().await;
    let (table, _) = filled(&backend, "named", 100).await;
    let store = Store::memory();
    let dump = shard(&backend, &table, "0/1").build();
    let first = dump.clone().to_store(store.clone(), &Control::new()).await.unwrap();
    let again = dump.to_store(store.clone(), &Control::new()).await.unwrap();
    assert!(first.finished && again.finished);
    assert_eq!((again.export_id, again.items_before), (first.export_id, 100));
}
