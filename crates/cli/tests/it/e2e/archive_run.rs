//! What expires is archived, and nothing else, also when the program is killed in between.

use crate::e2e::program::{command, run};
use crate::json_page::assert_as_told;
use aws_sdk_dynamodb::types::AttributeValue::{N, S};
use aws_sdk_dynamodb::types::ScalarAttributeType;
use ddbkit_codec::Item;
use ddbkit_store::Store;
use ddbkit_testkit::{Backend, KeySchema};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};
use tokio::io::{AsyncBufReadExt, BufReader};

pub(crate) fn keys() -> KeySchema {
    KeySchema::hash("pk", ScalarAttributeType::S)
}

/// Puts items that expire after half an hour, by the clock of the server.
async fn put(backend: &Backend, table: &str, names: impl IntoIterator<Item = String>) {
    let now = backend.local_dynamodb.as_ref().unwrap().now();
    let at = now.duration_since(UNIX_EPOCH).unwrap().as_secs() + 1800;
    for name in names {
        let put = backend.dynamodb.put_item().table_name(table).item("pk", S(name));
        put.item("expires", N(at.to_string())).send().await.unwrap();
    }
}

fn names(prefix: &str, count: u32) -> impl Iterator<Item = String> {
    (0..count).map(move |n| format!("{prefix}-{n:03}"))
}

fn expire(backend: &Backend) {
    let server = backend.local_dynamodb.as_ref().unwrap();
    server.advance_clock(Duration::from_hours(1)).unwrap();
    server.sweep_ttl().unwrap();
}

/// The keys of all lines of all data files, which must be different.
pub(crate) async fn archived(folder: &Path) -> BTreeSet<String> {
    let store = Store::directory(folder);
    let mut keys = BTreeSet::new();
    for object in store.list("data/").await.unwrap() {
        let (_, content) = store.get(&object.key).await.unwrap();
        for line in std::str::from_utf8(&content).unwrap().lines() {
            let item = line.strip_prefix("{\"Item\":").unwrap().strip_suffix('}').unwrap();
            let item = Item::from_dynamodb_json(item.as_bytes()).unwrap();
            let Some(ddbkit_codec::AttributeValue::S(key)) = item.get("pk") else {
                panic!("{line}")
            };
            assert!(keys.insert(key.clone()), "{key} is archived twice");
        }
    }
    keys
}

#[tokio::test(flavor = "multi_thread")]
async fn what_expires_is_archived_and_a_killed_run_goes_on() {
    let backend = Backend::embedded_only().await;
    let table = backend.table("archived", keys()).await;
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().join("archive");
    let dest_text = dest.to_str().unwrap().to_owned();
    let fixed = ["archive", "run", "--table", &table, "--dest", &dest_text];
    let fixed =
        [&fixed[..], &["--compression", "none", "--owner", "one", "--latency", "1s"]].concat();
    let with = |more: &[&'static str]| [&fixed[..], more].concat();

    let refused = run(&backend, &with(&["--once"])).await.exits(254);
    assert!(refused.stderr.contains("stream is off"), "{}", refused.stderr);
    assert!(refused.stderr.contains("--enable"), "{}", refused.stderr);
    let enable = ["--once", "--enable", "--yes", "--ttl-attribute", "expires", "--output", "json"];
    let first = run(&backend, &with(&enable)).await.exits(0).json();
    assert_eq!((first["version"].as_u64(), first["archived"].as_u64()), (Some(1), Some(0)));

    put(&backend, &table, names("first", 40)).await;
    put(&backend, &table, ["deleted".to_owned(), "changed".to_owned()]).await;
    let delete = backend.dynamodb.delete_item().table_name(&table);
    delete.key("pk", S("deleted".into())).send().await.unwrap();
    let stays = backend.dynamodb.put_item().table_name(&table).item("pk", S("stays".into()));
    stays.send().await.unwrap();
    expire(&backend);

    // Killed without a word when it has written a file.
    let mut child = command(&backend, &with(&["--file-age", "1s"])).spawn().unwrap();
    let began = std::time::Instant::now();
    while archived(&dest).await.is_empty() {
        assert!(began.elapsed() < Duration::from_mins(1), "nothing is archived");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    put(&backend, &table, names("second", 15)).await;
    expire(&backend);
    tokio::time::sleep(Duration::from_millis(700)).await;
    child.kill().await.unwrap();
    put(&backend, &table, names("third", 5)).await;
    expire(&backend);

    run(&backend, &with(&["--once"])).await.exits(0);
    let expected: BTreeSet<_> = names("first", 40)
        .chain(names("second", 15))
        .chain(names("third", 5))
        .chain(["changed".to_owned()])
        .collect();
    assert_eq!(archived(&dest).await, expected);
    let again = run(&backend, &with(&["--once", "--output", "json"])).await.exits(0).json();
    assert_as_told("archive run", &again, &[]);
    assert_eq!((again["archived"].as_u64(), again["finished"].as_bool()), (Some(0), Some(true)));
    run(&backend, &["archive", "verify", &dest_text]).await.exits(0);
    let status = run(&backend, &["archive", "status", &dest_text, "--output", "json"]).await;
    let status = status.exits(0).json();
    assert_as_told("archive status", &status, &[]);
    let stream = &status["streams"][0];
    assert_eq!(stream["shards"].as_array().unwrap().len(), 1);
    assert!(stream["until_loss_seconds"].as_u64().unwrap() > 23 * 3600, "{status}");
    // Back into a table, all of them.
    let copy = backend.table("restored", keys()).await;
    let restore = ["archive", "restore", &dest_text, &copy, "--ttl-attribute", "expires"];
    run(&backend, &restore).await.exits(0);
    let items = ddbkit_testkit::scan_all(&backend.dynamodb, &copy).await;
    assert_eq!(items.len(), expected.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_share_a_lease_table_and_stop_gracefully() {
    let backend = Backend::embedded_only().await;
    let table = backend.table("shared", keys()).await;
    let leases = format!("{table}-leases");
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().join("archive");
    let dest_text = dest.to_str().unwrap().to_owned();
    let fixed =
        ["archive", "run", "--table", &table, "--dest", &dest_text, "--lease-table", &leases];
    let more = ["--compression", "none", "--latency", "1s", "--lease-duration", "3s"];
    let fixed = [&fixed[..], &more].concat();
    let enable = ["--once", "--enable", "--yes", "--ttl-attribute", "expires"];
    run(&backend, &[&fixed[..], &enable].concat()).await.exits(0);
    let mut first = command(&backend, &fixed).spawn().unwrap();
    let mut second = command(&backend, &fixed).spawn().unwrap();
    put(&backend, &table, names("item", 30)).await;
    expire(&backend);
    tokio::time::sleep(Duration::from_secs(3)).await;
    for child in [&first, &second] {
        let pid = child.id().unwrap().to_string();
        let kill = tokio::process::Command::new("kill").args(["-TERM", &pid]).status().await;
        assert!(kill.unwrap().success());
    }
    // What they had read is in files when they end.
    assert_eq!(first.wait().await.unwrap().code(), Some(143));
    assert_eq!(second.wait().await.unwrap().code(), Some(143));
    assert_eq!(archived(&dest).await, names("item", 30).collect());
    let status = ["archive", "status", &dest_text, "--lease-table", &leases, "--output", "json"];
    let status = run(&backend, &status).await.exits(0).json();
    assert!(status["streams"][0]["shards"][0]["owner"].is_null(), "{status}");
    // The table is that of this archive and of no other.
    let other = dir.path().join("other").to_str().unwrap().to_owned();
    let refused = ["archive", "run", "--table", &table, "--dest", &other, "--lease-table", &leases];
    let refused = run(&backend, &[&refused[..], &["--once"]].concat()).await.exits(255);
    assert!(refused.stderr.contains("another archive"), "{}", refused.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn how_a_run_stands_is_told_to_programs_while_it_goes_on() {
    let backend = Backend::embedded_only().await;
    let table = backend.table("watched", keys()).await;
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().join("archive").to_str().unwrap().to_owned();
    let enable = ["--enable", "--yes", "--ttl-attribute", "expires"];
    let fixed = ["archive", "run", "--table", &table, "--dest", &dest, "--latency", "1s"];
    let status = ["--status-every", "200ms", "--file-age", "1s", "--output", "json"];
    let args = [&fixed[..], &enable, &status].concat();
    let mut child = command(&backend, &args).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    put(&backend, &table, names("item", 7)).await;
    expire(&backend);
    let wait = Duration::from_mins(1);
    let mut next = async || {
        let line = tokio::time::timeout(wait, lines.next_line()).await.unwrap().unwrap();
        serde_json::from_str::<serde_json::Value>(&line.unwrap()).unwrap()
    };
    let told = loop {
        let object = next().await;
        if object["archived"] == 7 {
            break object;
        }
        assert_eq!(object["event"], "status", "{object}");
    };
    assert_as_told("archive run --status-every", &told, &[]);
    let shard = &told["shards"][0];
    assert_eq!((&shard["state"], &shard["waiting"]), (&"open".into(), &0.into()), "{told}");
    assert!(shard["silent_seconds"].as_u64().unwrap() < 60, "{told}");
    assert!(told["until_loss_seconds"].as_u64().unwrap() > 20 * 3600, "{told}");
    assert_eq!(told["until_loss_seconds"], shard["until_loss_seconds"]);

    let pid = child.id().unwrap().to_string();
    let kill = tokio::process::Command::new("kill").args(["-TERM", &pid]).status().await;
    assert!(kill.unwrap().success());
    // The last object is that of every command.
    let last = loop {
        let object = next().await;
        if object["event"].is_null() {
            break object;
        }
    };
    assert_as_told("archive run", &last, &[]);
    assert_eq!(child.wait().await.unwrap().code(), Some(143));
}
