//! Many items go out and back, in little memory.
//!
//! `DDBKIT_TEST_ITEMS` is how many; `cargo xtask soak` sets it to 2,000,000.
#![allow(clippy::print_stdout, reason = "what a soak measured is to be seen")]

use crate::e2e::program::{Ran, command, finish_within};
use ddbkit_codec::Item;
use ddbkit_testkit::{Backend, KeySchema, backend, items, put_all};
use std::time::Duration;

const MOST_MEMORY: u64 = 200 * 1024 * 1024;

/// Items of all types, most of them small: a scan of the embedded server looks at the whole table for
/// each segment, and there are as many segments as there are bytes for.
fn item(n: u64) -> Item {
    let item = items::item(3, n);
    if n.is_multiple_of(16) {
        return item;
    }
    item.into_iter().filter(|(name, _)| ["pk", "sk"].contains(&name.as_str())).collect()
}

/// Longer than the program takes for so many items on a busy machine.
fn timeout(items: u64) -> Duration {
    Duration::from_mins(5) + Duration::from_millis(2 * items)
}

async fn run(backend: &Backend, items: u64, args: &[&str]) -> Ran {
    finish_within(timeout(items), command(backend, args).spawn().unwrap()).await
}

/// The largest resident size that the program had, in bytes, as Linux counts it.
async fn peak_memory(backend: &Backend, items: u64, args: &[&str]) -> Option<u64> {
    let child = command(backend, args).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id().unwrap());
    let watching = tokio::spawn(async move {
        let mut peak = None;
        while let Ok(status) = tokio::fs::read_to_string(&status).await {
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
            peak = kib.map(|kib| kib * 1024).or(peak);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        peak
    });
    finish_within(timeout(items), child).await.exits(0);
    watching.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn many_items_go_out_and_back() {
    let count = std::env::var("DDBKIT_TEST_ITEMS").map_or(100_000, |items| items.parse().unwrap());
    let backend = backend().await;
    let table = backend.table("volume", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..count).map(item)).await;
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().to_str().unwrap();
    let dump = peak_memory(&backend, count, &["dump", &table, dest, "--digest"]).await;
    let copy = format!("{table}-copy");
    let load = peak_memory(&backend, count, &["load", dest, &copy, "--create-table"]).await;
    for (what, peak) in [("dump", dump), ("load", load)] {
        // Only Linux tells; elsewhere the rest of the test still holds.
        if cfg!(target_os = "linux") {
            let peak = peak.expect("the kernel tells the peak memory of a process");
            println!("{what}: {} MiB", peak / 1024 / 1024);
            assert!(peak < MOST_MEMORY, "{what} took {peak} bytes");
        }
    }
    for table in [&table, &copy] {
        let args = ["verify", dest, table, "--output", "json"];
        let ran = run(&backend, count, &args).await.exits(0);
        assert_eq!(ran.json()["comparison"]["source_items"], count, "{}", ran.stdout);
        assert_eq!(ran.json()["comparison"]["equal"], true);
    }
}
