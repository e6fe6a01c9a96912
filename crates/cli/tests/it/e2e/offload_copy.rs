//! `dump`, `verify`, `rm` and `load` of a table whose large attributes are in S3, values and all.

use crate::e2e::program::{command, run};
use aws_sdk_dynamodb::types::AttributeValue::{N, S};
use ddbkit::offload::{AttributeOptions, Offloader};
use ddbkit_testkit::{Backend, KeySchema, backend, scan_all};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const ITEMS: usize = 60;

fn value(n: usize) -> String {
    format!("{n} ").repeat(10_000)
}

struct Place {
    backend: Backend,
    table: String,
    bucket: String,
    dir: tempfile::TempDir,
}

impl Place {
    /// A table of items with a value in S3 each.
    async fn new() -> Self {
        let backend = backend().await;
        let table = backend.table("copied", KeySchema::default()).await;
        let (bucket, dir) = (backend.bucket().await, tempfile::tempdir().unwrap());
        let place = Self { backend, table, bucket, dir };
        let offloader = place.offloader(&place.table, "large").await;
        for n in 0..ITEMS {
            let item = HashMap::from([
                ("pk".to_owned(), S(format!("k{n}"))),
                ("sk".to_owned(), N(n.to_string())),
                ("body".to_owned(), S(value(n))),
            ]);
            offloader.create(item).await.unwrap();
        }
        place
    }

    async fn offloader(&self, table: &str, prefix: &str) -> Offloader {
        let (dynamodb, s3) = (self.backend.dynamodb.clone(), self.backend.s3.clone());
        let offloader = Offloader::builder(dynamodb, s3).table(table).bucket(&self.bucket);
        let offloader = offloader.prefix(prefix).attribute("body", AttributeOptions::new());
        offloader.build().await.unwrap()
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().unwrap().to_owned()
    }

    async fn lose_objects(&self) {
        let list = self.backend.s3.list_objects_v2().bucket(&self.bucket).prefix("large/");
        for object in list.send().await.unwrap().contents() {
            let delete = self.backend.s3.delete_object().bucket(&self.bucket);
            delete.key(object.key().unwrap()).send().await.unwrap();
        }
    }

    async fn check_values(&self, table: &str) {
        let offloader = self.offloader(table, "copies").await;
        let items = scan_all(&self.backend.dynamodb, table).await;
        assert_eq!(items.len(), ITEMS);
        for item in items {
            let item: HashMap<_, _> = item.into();
            let n: usize = item["sk"].as_n().unwrap().parse().unwrap();
            let key = ["pk", "sk"].map(|name| (name.to_owned(), item[name].clone()));
            let item = offloader.get(HashMap::from(key)).await.unwrap().unwrap();
            assert_eq!(item.hydrate().await.unwrap().unwrap()["body"], S(value(n)));
        }
    }
}

/// The values in a dump.
fn blobs(dest: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![dest.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().contains("_ddbkit/blobs/") {
                found.push(path);
            }
        }
    }
    // What a killed program left begins with a dot.
    found.retain(|path| !path.file_name().unwrap().to_string_lossy().starts_with('.'));
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_holds_the_values_and_another_table_gets_them() {
    let place = Place::new().await;
    let (backend, dump) = (&place.backend, place.path("dump"));
    let ran = run(backend, &["dump", &place.table, "-", "--offloaded", "copy"]).await.exits(252);
    assert!(ran.error().contains("--offloaded copy"), "{}", ran.stderr);
    let args = ["dump", &place.table, &dump, "--offloaded", "copy", "--verify", "--output", "json"];
    let json = run(backend, &args).await.exits(0).json();
    let bytes: usize = (0..ITEMS).map(|n| value(n).len()).sum();
    assert_eq!(
        (&json["values"]["copied"], &json["values"]["bytes"]),
        (&ITEMS.into(), &bytes.into())
    );
    assert_eq!(json["verification"]["values"]["proven"], ITEMS);
    assert_eq!(blobs(dump.as_ref()).len(), ITEMS);

    place.lose_objects().await;
    let copy = backend.table("copy", KeySchema::default()).await;
    let load = ["load", &dump, &copy, "--offloaded", "copy", "--output", "json"];
    run(backend, &load).await.exits(252);
    let objects = format!("s3://{}/copies", place.bucket);
    let load = [&load[..], &["--objects", &objects]].concat();
    let dry = run(backend, &[&load[..], &["--dry-run"]].concat()).await.exits(0).json();
    assert_eq!((&dry["items"], &dry["rejected"]), (&ITEMS.into(), &0.into()));
    let json = run(backend, &load).await.exits(0).json();
    assert_eq!((&json["written"], &json["values"]["copied"]), (&ITEMS.into(), &ITEMS.into()));
    place.check_values(&copy).await;

    // A missing value and a damaged one are named.
    let stored = blobs(dump.as_ref());
    std::fs::remove_file(&stored[0]).unwrap();
    std::fs::write(&stored[1], "other").unwrap();
    let json = run(backend, &["verify", &dump, "--output", "json"]).await.exits(1).json();
    assert_eq!((&json["fault_count"], &json["values"]["fault_count"]), (&0.into(), &2.into()));
    let text = run(backend, &["verify", &dump]).await.exits(1).stdout;
    for path in &stored[..2] {
        assert!(text.contains(path.file_name().unwrap().to_str().unwrap()), "{text}");
    }
    assert!(text.contains("2 faults"), "{text}");
    // And nothing of it stays.
    run(backend, &["rm", &dump, "--yes"]).await.exits(0);
    assert!(blobs(dump.as_ref()).is_empty());
}

/// Killed again and again, both go on: what was copied stays, and no item points to nothing.
#[tokio::test(flavor = "multi_thread")]
async fn killed_copies_go_on() {
    let place = Place::new().await;
    let (backend, dump) = (&place.backend, place.path("dump"));
    let args = ["dump", &place.table, &dump, "--offloaded", "copy", "--workers", "1"];
    let args = [&args[..], &["--file-size", "1KiB", "--output", "json"]].concat();
    let mut there = 0;
    for _ in 0..3 {
        let mut child = command(backend, &args).spawn().unwrap();
        let started = Instant::now();
        while blobs(dump.as_ref()).len() <= there && child.try_wait().unwrap().is_none() {
            assert!(started.elapsed() < Duration::from_mins(1));
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        child.kill().await.unwrap();
        there = blobs(dump.as_ref()).len();
    }
    let json = run(backend, &args).await.exits(0).json();
    assert_eq!(json["items"], ITEMS);
    let copied = usize::try_from(json["values"]["copied"].as_u64().unwrap()).unwrap();
    assert!(copied <= ITEMS - there, "{copied} of {ITEMS}, {there} were there");
    run(backend, &["verify", &dump, &place.table]).await.exits(0);

    let objects = format!("s3://{}/copies", place.bucket);
    let rejects = place.path("rejects");
    for mode in ["skip-existing", "overwrite"] {
        let copy = backend.table("copy", KeySchema::default()).await;
        let objects = format!("{objects}/{mode}");
        let state = place.path("state");
        let load = ["load", &dump, &copy, "--offloaded", "copy", "--objects", &objects];
        let more = ["--mode", mode, "--state", &state, "--rejects", &rejects, "--workers", "1"];
        let load = [&load[..], &more, &["--output", "json"]].concat();
        for _ in 0..3 {
            let before = scan_all(&backend.dynamodb, &copy).await.len();
            let mut child = command(backend, &load).spawn().unwrap();
            let started = Instant::now();
            while scan_all(&backend.dynamodb, &copy).await.len() <= before
                && child.try_wait().unwrap().is_none()
            {
                assert!(started.elapsed() < Duration::from_mins(1));
            }
            child.kill().await.unwrap();
        }
        let json = run(backend, &load).await.exits(0).json();
        let count = |name: &str| json[name].as_u64().unwrap();
        assert_eq!(count("rejected") + count("skipped_different"), 0, "{mode}: {json}");
        // What no item points to is garbage, and every pointer has its object and its value.
        let verify = ["offload", "gc", "verify", &copy, "--objects", &objects, "--hashes"];
        let json = run(backend, &[&verify[..], &["--output", "json"]].concat()).await.exits(0);
        assert_eq!(json.json()["pointers"], ITEMS);
    }
}
