//! A dump that is killed is never taken for a whole one.

use crate::e2e::program::{command, run};
use ddbkit_testkit::{KeySchema, backend, items, put_all};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The table is being written to while it is dumped, as tables are.
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_it_is_no_dump() {
    let backend = Arc::new(backend().await);
    let table = backend.table("kill", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..4_000).map(|n| items::item(1, n))).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writer = tokio::spawn({
        let (backend, table, stop) = (backend.clone(), table.clone(), stop.clone());
        async move {
            let mut n = 4_000;
            while !stop.load(Ordering::Relaxed) {
                put_all(&backend.dynamodb, &table, [items::item(1, n)]).await;
                n += 1;
            }
        }
    });
    let args = |dest: &str| {
        let fixed = ["--segments", "16", "--workers", "2", "--file-size", "200KiB"];
        ["dump", &table, dest].into_iter().chain(fixed).map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    let dir = tempfile::tempdir().unwrap();
    let whole = dir.path().join("whole");
    let started = Instant::now();
    run(&backend, &args(whole.to_str().unwrap())).await.exits(0);
    let undisturbed = started.elapsed();

    let (mut killed, mut finished) = (0, 0);
    for round in 0..12_u32 {
        let dest = dir.path().join(format!("killed-{round}"));
        let dest = dest.to_str().unwrap();
        let mut child = command(&backend, &args(dest)).spawn().unwrap();
        // Spread over the whole run, its very end included.
        tokio::time::sleep(undisturbed.mul_f64(f64::from(round) / 11.0)).await;
        child.kill().await.unwrap();
        let verified = run(&backend, &["verify", dest]).await;
        let copy = format!("{table}-{round}");
        let loaded = run(&backend, &["load", dest, &copy, "--create-table"]).await;
        if verified.code == 0 {
            // The kill came after the manifest: then it is whole, and both must say so.
            loaded.exits(0);
            finished += 1;
        } else {
            assert_ne!(loaded.code, 0, "{}{}", loaded.stdout, loaded.stderr);
            killed += 1;
        }
    }
    stop.store(true, Ordering::Relaxed);
    tokio::time::timeout(Duration::from_secs(30), writer).await.unwrap().unwrap();
    assert!(killed >= 6, "{killed} dumps were killed, {finished} had finished");
}
