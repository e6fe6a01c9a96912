//! Capacity limits.

use crate::support::{dump, filled, load};
use ddbkit_flow::{CapacityUnits, Control};
use ddbkit_store::Store;
use ddbkit_testkit::{Backend, KeySchema};
use ddbkit_transfer::{Dump, WriteMode};
use std::num::NonZeroU32;
use std::time::Duration;

fn units(n: f64) -> CapacityUnits {
    CapacityUnits::new(n).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_keeps_to_its_read_capacity() {
    let backend = Backend::embedded_only().await;
    let (table, _) = filled(&backend, "paced", 600).await;
    // About 600 KB: some 75 units, eventually consistent. At 50 a second that is over a second.
    let dump = Dump::builder(backend.dynamodb.clone(), &table)
        .total_segments(NonZeroU32::new(2).unwrap())
        .read_capacity(units(50.0))
        .build();
    let report = dump.to_store(Store::memory(), &Control::new()).await.unwrap();
    let consumed = report.consumed.get();
    assert!(consumed > 50.0, "the test needs a larger table: {consumed}");
    let seconds = report.elapsed.as_secs_f64();
    // The last requests are not waited for: one page of each worker, about a second's worth.
    assert!(consumed / (seconds + 1.0) <= 50.0, "{consumed} units in {seconds} s");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_keeps_to_its_write_capacity() {
    let backend = Backend::embedded_only().await;
    let (table, _) = filled(&backend, "paced", 200).await;
    let store = Store::memory();
    dump(&backend.dynamodb, &table, &store).await;
    let copy = backend.table("paced-copy", KeySchema::default()).await;
    let report = load(&backend.dynamodb, &copy, &store, |load| {
        load.mode(WriteMode::Overwrite)
            .workers(std::num::NonZeroUsize::new(2).unwrap())
            .write_capacity(units(150.0))
    })
    .await;
    let consumed = report.consumed.get();
    assert!(consumed >= 200.0, "{consumed}");
    assert!(report.elapsed >= Duration::from_millis(500), "{:?}", report.elapsed);
}
