//! An archiver that is killed again and again while items expire and others are written.
//!
//! `DDBKIT_TEST_KILLS` is how often; `cargo xtask soak` sets it to 50. DynamoDB Local deletes in its own
//! time, 20 items every ten seconds; on the embedded server the clock is moved.

use crate::e2e::archive_run::{archived, keys};
use crate::e2e::crash::seed;
use crate::e2e::program::{command, run};
use aws_sdk_dynamodb::types::AttributeValue::{N, S};
use ddbkit_testkit::{Backend, backend};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// So few that DynamoDB Local deletes those of a short run in half a minute.
const EXPIRING: u32 = 7;
/// In seconds; on the embedded server the clock passes it at once.
const SOON: u64 = 2;

fn kills() -> u32 {
    std::env::var("DDBKIT_TEST_KILLS").map_or(4, |kills| kills.parse().unwrap())
}

async fn put(backend: &Backend, table: &str, key: String, expires_in: u64) {
    let local = backend.local_dynamodb.as_ref();
    let now = local.map_or_else(SystemTime::now, ddbkit_local::LocalDynamoDb::now);
    let at = now.duration_since(UNIX_EPOCH).unwrap().as_secs() + expires_in;
    let put = backend.dynamodb.put_item().table_name(table).item("pk", S(key));
    put.item("expires", N(at.to_string())).send().await.unwrap();
}

/// Writes items that expire, and what looks like it and is not; the keys of the former.
async fn write(backend: &Backend, table: &str, round: u32) -> BTreeSet<String> {
    let mut expiring = BTreeSet::new();
    for n in 0..EXPIRING {
        let key = format!("expires-{round}-{n}");
        put(backend, table, key.clone(), SOON).await;
        expiring.insert(key);
    }
    let changed = format!("changed-{round}");
    put(backend, table, changed.clone(), 1_000_000).await;
    put(backend, table, changed.clone(), SOON).await;
    expiring.insert(changed);
    let deleted = format!("deleted-{round}");
    put(backend, table, deleted.clone(), 1_000_000).await;
    let delete = backend.dynamodb.delete_item().table_name(table).key("pk", S(deleted));
    delete.send().await.unwrap();
    put(backend, table, format!("stays-{round}"), 1_000_000).await;
    if let Some(server) = &backend.local_dynamodb {
        server.advance_clock(Duration::from_mins(1)).unwrap();
        server.sweep_ttl().unwrap();
    }
    expiring
}

/// Waits until something more is archived; on DynamoDB Local that may take ten seconds.
async fn grows(dest: &Path, than: usize) {
    let began = Instant::now();
    while archived(dest).await.len() <= than && began.elapsed() < Duration::from_secs(12) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archiver_survives_being_killed_at_any_moment() {
    let (backend, mut random) = (backend().await, fastrand::Rng::with_seed(seed()));
    let table = backend.table("archive-crash", keys()).await;
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().join("archive");
    let dest_text = dest.to_str().unwrap();
    let fixed = ["archive", "run", "--table", &table, "--dest", dest_text, "--compression", "none"];
    let often = ["--owner", "one", "--latency", "200ms", "--file-age", "300ms"];
    let fixed = [&fixed[..], &often].concat();
    let enable = ["--once", "--enable", "--yes", "--ttl-attribute", "expires"];
    run(&backend, &[&fixed[..], &enable].concat()).await.exits(0);

    let mut expected = BTreeSet::new();
    for round in 0..kills() {
        let before = archived(&dest).await.len();
        let mut child = command(&backend, &fixed).spawn().unwrap();
        expected.extend(write(&backend, &table, round).await);
        // Every other time when it has just written, else at any moment from its start on.
        if round % 2 == 0 {
            grows(&dest, before).await;
        }
        tokio::time::sleep(Duration::from_millis(random.u64(..800))).await;
        assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
        child.kill().await.unwrap();
    }
    let longest = Duration::from_secs(30 + 2 * expected.len() as u64);
    let began = Instant::now();
    while archived(&dest).await.len() < expected.len() && began.elapsed() < longest {
        run(&backend, &[&fixed[..], &["--once"]].concat()).await.exits(0);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert_eq!(archived(&dest).await, expected);
    run(&backend, &["archive", "verify", dest_text]).await.exits(0);
}
