//! Dumps and loads that are killed again and again, on a service that fails all the time.
//!
//! `DDBKIT_TEST_KILLS` is how often each is killed; `cargo xtask soak` sets it to 50.
#![allow(clippy::print_stdout, reason = "what a soak measured is to be seen")]

use crate::e2e::program::{command, finish, run};
use ddbkit_testkit::{Backend, Fault, Faults, KeySchema, When, backend, items, put_all};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const ITEMS: u64 = 2_000;

fn kills() -> u32 {
    std::env::var("DDBKIT_TEST_KILLS").map_or(5, |kills| kills.parse().unwrap())
}

/// A number for random moments, told so that a failure can be looked at.
pub(crate) fn seed() -> u64 {
    let nanos = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().subsec_nanos();
    println!("seed {nanos}");
    nanos.into()
}

/// Faults of reading and writing, none of them more often than one call in twenty.
fn inject(faults: &Faults, operation: &str, kinds: &[Fault], seed: u64) {
    for (n, fault) in (0..).zip(kinds) {
        let when = When::Probability { probability: 0.05, seed: seed + n };
        faults.inject(*fault, when, operation);
    }
}

/// Runs the command, killing it at random moments, until one run comes through. Says how often it
/// was killed.
async fn killed_until_done(
    backend: &Backend,
    args: &[&str],
    undisturbed: Duration,
    random: &mut fastrand::Rng,
) -> u32 {
    for killed in 0.. {
        let mut child = command(backend, args).spawn().unwrap();
        // A run that goes on is shorter than a whole one, so that some runs come through.
        let moment = undisturbed.mul_f64(random.f64() * 1.1);
        if tokio::time::timeout(moment, child.wait()).await.is_ok() {
            finish(child).await.exits(0);
            return killed;
        }
        child.kill().await.unwrap();
    }
    unreachable!("the program is killed for ever")
}

/// The dumps at a destination: one, and one more for each run that was killed after it was done and
/// before it could say so.
fn dumps(dest: &Path) -> Vec<PathBuf> {
    let folders = std::fs::read_dir(dest.join("AWSDynamoDB")).unwrap();
    let folders = folders.map(|entry| entry.unwrap().path());
    folders.filter(|folder| !folder.ends_with("_ddbkit")).collect()
}

/// What lies in `data/` is what the manifest names.
fn is_as_its_manifest_says(export: &Path) {
    let listed = std::fs::read_dir(export.join("data")).unwrap();
    let listed: BTreeSet<String> =
        listed.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let manifest = std::fs::read_to_string(export.join("manifest-files.json")).unwrap();
    let named = manifest.lines().map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let key = line["dataFileS3Key"].as_str().unwrap();
        key.rsplit('/').next().unwrap().to_owned()
    });
    assert_eq!(listed, named.collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_survives_being_killed_at_any_moment() {
    let mut backend = backend().await;
    let table = backend.table("crash-dump", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..ITEMS).map(|n| items::item(5, n))).await;
    let dir = tempfile::tempdir().unwrap();
    let args = |dest: &str| -> Vec<String> {
        let fixed = "--segments 24 --workers 2 --file-size 60KiB --digest --output json";
        let args = ["dump", &table, dest].map(str::to_owned);
        args.into_iter().chain(fixed.split(' ').map(str::to_owned)).collect()
    };
    let still = dir.path().join("still").to_str().unwrap().to_owned();
    let reference = run(&backend, &args(&still)).await.exits(0).json();
    assert_eq!(reference["items"], ITEMS);

    let (seed, faults) = (seed(), backend.inject_into_dynamodb());
    let kinds = [Fault::Throttle, Fault::InternalServerError, Fault::TornBody, Fault::LostAnswer];
    inject(&faults, "Scan", &kinds, seed);
    let disturbed = dir.path().join("disturbed").to_str().unwrap().to_owned();
    let started = Instant::now();
    run(&backend, &args(&disturbed)).await.exits(0);
    let undisturbed = started.elapsed();

    let (mut random, mut killed, mut round) = (fastrand::Rng::with_seed(seed), 0, 0);
    while killed < kills() {
        let dest = dir.path().join(format!("round-{round}"));
        let dest_text = dest.to_str().unwrap().to_owned();
        let dump = args(&dest_text);
        let dump: Vec<&str> = dump.iter().map(String::as_str).collect();
        killed += killed_until_done(&backend, &dump, undisturbed, &mut random).await;
        for export in dumps(&dest) {
            is_as_its_manifest_says(&export);
            let verify = ["verify", export.to_str().unwrap(), "--output", "json"];
            let verified = run(&backend, &verify).await.exits(0);
            assert_eq!(verified.json()["digest"], reference["digest"], "{}", verified.stdout);
        }
        round += 1;
    }
    assert!(faults.injected() > 0);
    println!("{killed} kills in {round} dumps, {} faults", faults.injected());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_survives_being_killed_at_any_moment() {
    let mut backend = backend().await;
    let table = backend.table("crash-load", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..ITEMS).map(|n| items::item(6, n))).await;
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let dump = path("dump");
    let fixed = ["--segments", "24", "--workers", "2", "--file-size", "60KiB", "--digest"];
    run(&backend, &[&["dump", &table, &dump][..], &fixed].concat()).await.exits(0);

    let (seed, faults) = (seed(), backend.inject_into_dynamodb());
    let kinds = [
        Fault::Throttle,
        Fault::UnprocessedItems,
        Fault::InternalServerError,
        Fault::TornBody,
        Fault::LostAnswer,
    ];
    inject(&faults, "BatchWriteItem", &kinds, seed);
    let (mut random, mut killed, mut round) = (fastrand::Rng::with_seed(seed), 0, 0);
    let mut undisturbed = None;
    while killed < kills() {
        let copy = backend.table("crash-copy", KeySchema::default()).await;
        let state = path(&format!("state-{round}"));
        let load = ["load", &dump, &copy, "--mode", "overwrite", "--state", &state];
        let started = Instant::now();
        let Some(undisturbed) = undisturbed else {
            run(&backend, &load).await.exits(0);
            undisturbed = Some(started.elapsed());
            continue;
        };
        killed += killed_until_done(&backend, &load, undisturbed, &mut random).await;
        run(&backend, &["verify", &dump, &copy]).await.exits(0);
        round += 1;
    }
    assert!(faults.injected() > 0);
    println!("{killed} kills in {round} loads, {} faults", faults.injected());
}
