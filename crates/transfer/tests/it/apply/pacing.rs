//! Capacity limits.

use super::support::{apply, record, run, ways, windows};
use ddbkit_flow::CapacityUnits;
use ddbkit_testkit::{Backend, KeySchema};

#[tokio::test(flavor = "multi_thread")]
async fn an_apply_keeps_to_its_write_capacity() {
    let backend = Backend::embedded_only().await;
    let puts = (0..200).map(|n| record(n, 10, Some("a"))).collect();
    let deletes = (0..200).map(|n| record(n, 20, None)).collect();
    let exports = windows(vec![puts, deletes]).await;
    for way in ways() {
        let copy = backend.table("paced", KeySchema::default()).await;
        let apply = apply(&backend, &copy, &way);
        let apply = apply.write_capacity(CapacityUnits::new(200.0).unwrap());
        let report = run(apply, exports.open_all(0..2).await).await.unwrap();
        let (consumed, seconds) = (report.consumed.get(), report.elapsed.as_secs_f64());
        assert!(consumed >= 400.0, "{way:?}: {consumed}");
        // The last requests are not waited for: a batch or eight records of each worker.
        assert!(consumed / (seconds + 1.0) <= 200.0, "{way:?}: {consumed} units in {seconds} s");
        if let Some(notes) = report.bookkeeping {
            let consumed = notes.consumed.get();
            assert!(consumed / (seconds + 1.0) <= 200.0, "{consumed} units in {seconds} s");
        }
    }
}
