//! Several processes in one directory, and one that is killed.
//!
//! A test starts this very program again with the name of a test below, which does nothing unless
//! the environment gives it a directory.

use crate::support::when;
use ddbkit_store::{Condition, PutOptions, Store, StoreErrorKind};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

const ROOT: &str = "DDBKIT_STORE_TEST_ROOT";
const INCREMENTS: usize = 25;

fn start(test: &str, root: &Path) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap());
    let child = child.args(["--exact", test, "--nocapture"]).env(ROOT, root);
    child.stdout(Stdio::piped()).spawn().unwrap()
}

fn root() -> Option<PathBuf> {
    std::env::var_os(ROOT).map(PathBuf::from)
}

#[tokio::test]
async fn child_that_never_finishes() {
    let Some(root) = root() else { return };
    let store = Store::directory(root);
    let mut writer = store.writer("folder/key", PutOptions::default()).await.unwrap();
    writer.write(vec![1; 100_000].into()).await.unwrap();
    writeln!(std::io::stdout(), "written").unwrap();
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_killed_writer_leaves_nothing_visible_and_is_cleaned_up_after() {
    let root = tempfile::tempdir().unwrap();
    let mut child = start("processes::child_that_never_finishes", root.path());
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("written")));
    let temporary = root.path().join(".ddbkit-store-tmp");
    let left = || fs::read_dir(&temporary).map_or(0, Iterator::count);
    assert_eq!(left(), 1);
    // However old, it is not taken from the living.
    let file = fs::read_dir(&temporary).unwrap().next().unwrap().unwrap().path();
    let hours_ago = SystemTime::now() - Duration::from_hours(2);
    let set_old = || File::options().write(true).open(&file).unwrap().set_modified(hours_ago);
    set_old().unwrap();
    Store::directory(root.path()).put("first", "x".into(), PutOptions::default()).await.unwrap();
    assert_eq!(left(), 1);

    child.kill().unwrap();
    child.wait().unwrap();
    let store = Store::directory(root.path());
    let keys: Vec<_> = store.list("").await.unwrap().into_iter().map(|meta| meta.key).collect();
    assert_eq!(keys, ["first"]);
    assert!(store.head("folder/key").await.unwrap().is_none());
    store.put("folder/key", "whole".into(), when(Condition::IfAbsent)).await.unwrap();
    assert_eq!(left(), 0, "what a killed program left goes with the first write");
    assert_eq!(store.get("folder/key").await.unwrap().1, "whole");
}

#[tokio::test]
async fn child_that_counts() {
    let Some(root) = root() else { return };
    let store = Store::directory(root);
    for _ in 0..INCREMENTS {
        loop {
            let (meta, text) = store.get("counter").await.unwrap();
            let count: usize = std::str::from_utf8(&text).unwrap().parse().unwrap();
            let options = when(Condition::IfMatch(meta.etag));
            match store.put("counter", (count + 1).to_string().into(), options).await {
                Ok(_) => break,
                Err(error) => assert_eq!(error.kind(), StoreErrorKind::PreconditionFailed),
            }
        }
    }
}

#[tokio::test]
async fn processes_lose_no_increment() {
    let root = tempfile::tempdir().unwrap();
    let store = Store::directory(root.path());
    store.put("counter", "0".into(), PutOptions::default()).await.unwrap();
    let children: Vec<_> =
        (0..4).map(|_| start("processes::child_that_counts", root.path())).collect();
    for child in children {
        assert!(child.wait_with_output().unwrap().status.success());
    }
    let count = store.get("counter").await.unwrap().1;
    assert_eq!(count, (4 * INCREMENTS).to_string());
}
